"""Running the steps of a turn with a model."""

from __future__ import annotations

from townsfolk.models.errors import ModelError
from townsfolk.models.interface import Completer, Model
from townsfolk.turns.npc_turn import Spoken, Steps


def run_turn(steps: Steps, model: Completer) -> Spoken:
    """What is spoken, with blocking calls."""
    try:
        request = next(steps)
        while True:
            try:
                completion = model.complete(request)
            except ModelError as error:
                request = steps.throw(error)
            else:
                request = steps.send(completion)
    except StopIteration as finished:
        spoken: Spoken = finished.value
        return spoken


async def arun_turn(steps: Steps, model: Model) -> Spoken:
    """What is spoken, with awaited calls."""
    try:
        request = next(steps)
        while True:
            try:
                completion = await model.acomplete(request)
            except ModelError as error:
                request = steps.throw(error)
            else:
                request = steps.send(completion)
    except StopIteration as finished:
        spoken: Spoken = finished.value
        return spoken
