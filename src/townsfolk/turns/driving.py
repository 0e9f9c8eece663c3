"""Running the steps of a turn with a model."""

from __future__ import annotations

from townsfolk.models.errors import ModelError
from townsfolk.models.interface import Completer, Model
from townsfolk.town.transcript import Turn
from townsfolk.turns.npc_turn import Steps


def run_turn(steps: Steps, model: Completer) -> Turn:
    """The turn, with blocking calls."""
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
        turn: Turn = finished.value
        return turn


async def arun_turn(steps: Steps, model: Model) -> Turn:
    """The turn, with awaited calls."""
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
        turn: Turn = finished.value
        return turn
