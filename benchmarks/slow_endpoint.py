"""A loopback OpenAI-compatible endpoint that takes a fixed time and has a fixed number of slots.

In a process of its own, on one event loop: its own work is small beside its caller's. It writes
down when each slot was taken and given back, so that how busy they were can be reckoned.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from typing import Any
from urllib.request import urlopen

from instant_endpoint import LINES


@dataclass(frozen=True)
class Held:
    """When slots were held: from and to, in seconds since 1970, one pair a call."""

    calls: list[tuple[float, float]]

    def busy(self, slots: int, warm: float = 0.0) -> float:
        """The share of the slots' time that was held.

        Looked at is the time from when all of them were first taken (and `warm` seconds more) until
        the last call came in.
        """
        begins = sorted(start for start, _ in self.calls)
        if len(begins) <= slots:
            return 0.0
        start, end = begins[slots - 1] + warm, begins[-1]
        held = sum(max(0.0, min(to, end) - max(at, start)) for at, to in self.calls)
        return held / (slots * (end - start))


class SlowEndpoint:
    """The address of a running endpoint."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/v1"

    def held(self) -> Held:
        """What was held since this was last asked."""
        with urlopen(f"{self.url}/held") as answer:
            return Held([(start, end) for start, end in json.loads(answer.read())])


@contextmanager
def slow_endpoint(slots: int, seconds: float) -> Iterator[SlowEndpoint]:
    """The endpoint, running."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, slots, seconds), daemon=True)
    process.start()
    try:
        yield SlowEndpoint(ours.recv())
    finally:
        process.terminate()
        process.join()


def _serve(pipe: Any, slots: int, seconds: float) -> None:
    asyncio.run(_Server(slots, seconds).run(pipe))


class _Server:
    def __init__(self, slots: int, seconds: float) -> None:
        self._slots = asyncio.Semaphore(slots)
        self._seconds = seconds
        self._lines = cycle(LINES)
        self._calls: list[tuple[float, float]] = []

    async def run(self, pipe: Any) -> None:
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lower = head.lower()
                length = 0
                if b"content-length:" in lower:
                    length = int(lower.split(b"content-length:")[1].split(b"\r\n")[0])
                body = await reader.readexactly(length)
                answer = await self._answer(body) if head.startswith(b"POST") else self._held()
                payload = json.dumps(answer).encode()
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                    b"Content-Length: %d\r\n\r\n" % len(payload) + payload
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _held(self) -> list[tuple[float, float]]:
        told, self._calls = self._calls, []
        return told

    async def _answer(self, body: bytes) -> dict[str, Any]:
        request = json.loads(body)
        async with self._slots:
            start = time.time()
            await asyncio.sleep(self._seconds)
            self._calls.append((start, time.time()))
        message = {"role": "assistant", "content": next(self._lines)}
        return {
            "id": "c", "object": "chat.completion", "created": 0, "model": request["model"],
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 300, "completion_tokens": 8, "total_tokens": 308},
        }  # fmt: skip
