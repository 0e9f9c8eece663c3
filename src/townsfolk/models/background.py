"""Coroutines for those who cannot await."""

from __future__ import annotations

import asyncio
import atexit
import threading
from collections.abc import AsyncGenerator, Coroutine, Generator
from concurrent.futures import Future
from functools import cache
from typing import Any, TypeVar

Result = TypeVar("Result")


def result_of(work: Coroutine[Any, Any, Result]) -> Result:
    """What a coroutine gives. It is cancelled when the one who waits for it is interrupted.

    Unlike a thread that blocks in a call, it can be ended, and its connection with it.
    """
    outcome = asyncio.run_coroutine_threadsafe(work, _loop())
    try:
        return outcome.result()
    except BaseException:
        outcome.cancel()
        raise


def items_of(items: AsyncGenerator[Result, None]) -> Generator[Result, None, None]:
    """What an async generator yields; closing this one closes that one."""
    try:
        while True:
            try:
                yield result_of(_next(items))
            except StopAsyncIteration:
                return
    finally:
        result_of(items.aclose())


async def _next(items: AsyncGenerator[Result, None]) -> Result:
    return await anext(items)


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """One event loop for the whole process: HTTP clients keep their connections in it."""
    running: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def live() -> None:
        end = asyncio.Event()
        running.set_result((asyncio.get_running_loop(), end))
        await end.wait()

    def stop() -> None:
        loop.call_soon_threadsafe(end.set)
        thread.join(1)

    thread = threading.Thread(target=lambda: asyncio.run(live()), daemon=True, name="model-calls")
    thread.start()
    loop, end = running.result()
    # LiteLLM leaves a task in the loop, which would be complained of at the end of the process.
    atexit.register(stop)
    return loop
