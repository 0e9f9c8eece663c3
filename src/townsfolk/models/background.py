"""Waiting for a blocking call no longer than its time."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

Result = TypeVar("Result")


def wait_for(work: Callable[[], Result], seconds: float) -> Result:
    """What a blocking call gives, if it gives it in time.

    A client's own timeout ends the silence between two bytes and not a server that keeps dripping
    them. The thread of a call that is given up cannot be ended; it is a daemon, so that it never
    holds up the end of the process.

    Raises:
        TimeoutError: the time is over.
    """
    outcome: Future[Result] = Future()
    context = contextvars.copy_context()

    def run() -> None:
        try:
            outcome.set_result(context.run(work))
        except BaseException as error:  # handed to the one who waits
            outcome.set_exception(error)

    threading.Thread(target=run, daemon=True, name="model-call").start()
    return outcome.result(seconds)
