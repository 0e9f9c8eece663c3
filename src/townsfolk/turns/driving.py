"""Running steps that ask a model: those of a turn, or of whoever else is written so."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

from townsfolk.models.errors import ModelError
from townsfolk.models.interface import Completer, Completion, Model, Request

T = TypeVar("T")


def run_turn(steps: Generator[Request, Completion, T], model: Completer) -> T:
    """What the steps return, with blocking calls."""
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
        returned: T = finished.value
        return returned


async def arun_turn(steps: Generator[Request, Completion, T], model: Model) -> T:
    """What the steps return, with awaited calls."""
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
        returned: T = finished.value
        return returned
