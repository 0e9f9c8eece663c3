"""The embedded model: llama.cpp in this process, weights from a package, no server, no download."""

from __future__ import annotations

import asyncio
import os
import queue
import secrets
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

from townsfolk.models.errors import ContextExceeded, ModelError, ModelSetupError, ModelTimeout
from townsfolk.models.interface import Chunk, Completion, Request
from townsfolk.models.profile import ModelProfile

EMBEDDED_NAME = "embedded/smollm2-135m"
EMBEDDED_PROFILE = ModelProfile(
    strength="weak", context=2048, json_schema=True, tools=False, languages=("en",)
)
THREADS_VARIABLE = "TOWNSFOLK_THREADS"
_MOST_THREADS = 512


class EmbeddedModel:
    """A GGUF model in llama.cpp, answering one request at a time."""

    name = EMBEDDED_NAME

    def __init__(self, weights: Path, profile: ModelProfile = EMBEDDED_PROFILE) -> None:
        import xllamacpp

        self.profile = profile
        parameters = xllamacpp.CommonParams()
        parameters.model.path = str(weights)
        parameters.n_ctx = profile.context
        if (threads := _threads()) is not None:
            parameters.cpuparams.n_threads = threads
            parameters.cpuparams_batch.n_threads = threads
        # One slot, and no cache of prompts beside it: what a seed gives then depends on nothing
        # but the requests since the last reset.
        parameters.n_parallel = 1
        parameters.cache_ram_mib = 0
        parameters.warmup = False
        parameters.verbosity = -1
        # llama.cpp also listens on a loopback port; nobody but this process has the key.
        parameters.api_keys = [secrets.token_hex(16)]
        self._server = xllamacpp.Server(parameters)
        self._lock = threading.Lock()
        self._fresh = True

    def reset(self) -> None:
        """Make the next request start from an empty prompt cache."""
        self._fresh = True

    def close(self) -> None:
        """Free the model's memory."""
        self._server = None

    def complete(self, request: Request) -> Completion:
        """The whole answer; raises ModelTimeout, ContextExceeded, ModelError."""
        # An interrupt that arises inside llama.cpp's callback is lost; here it is not inside.
        for chunk in self.stream(request):
            if chunk.completion is not None:
                return chunk.completion
        raise ModelError("the model ended without an answer")

    def stream(self, request: Request) -> Iterator[Chunk]:
        """The answer as it comes; closing the iterator stops llama.cpp at the next token."""
        pieces: queue.Queue[Chunk | Exception] = queue.Queue()
        cancelled = threading.Event()

        def on_text(text: str) -> bool:
            pieces.put(Chunk(text))
            return cancelled.is_set()

        def work() -> None:
            try:
                pieces.put(Chunk("", self._generate(request, on_text)))
            except Exception as error:  # handed to the reader, who raises it
                pieces.put(error)

        threading.Thread(target=work, daemon=True, name="embedded-model").start()
        try:
            while True:
                piece = pieces.get()
                if isinstance(piece, Exception):
                    raise piece
                yield piece
                if piece.completion is not None:
                    return
        finally:
            cancelled.set()

    async def acomplete(self, request: Request) -> Completion:
        """The whole answer, computed in a thread."""
        return await asyncio.to_thread(self.complete, request)

    async def astream(self, request: Request) -> AsyncIterator[Chunk]:
        """The answer as it comes, computed in a thread."""
        chunks = self.stream(request)
        try:
            while (chunk := await asyncio.to_thread(next, chunks, None)) is not None:
                yield chunk
        finally:
            chunks.close()  # type: ignore[attr-defined]

    def _generate(self, request: Request, on_text: Callable[[str], bool]) -> Completion:
        """Run one request; `on_text` gets each piece and answers True to stop."""
        with self._lock:
            started = time.monotonic()
            reading = _Reading(started + request.timeout, on_text)
            body = _body(request)
            body["cache_prompt"] = not self._fresh
            self._fresh = False
            self._server.handle_chat_completions(body, reading)
            return reading.completion(started, request)


def _threads() -> int | None:
    """How many threads to use; llama.cpp's own choice when the environment says nothing.

    They wait for each other busily: where other work shares the cores, fewer are faster.
    """
    stated = os.environ.get(THREADS_VARIABLE, "").strip()
    if not stated:
        return None
    if not stated.isdecimal() or not 1 <= int(stated) <= _MOST_THREADS:
        raise ModelSetupError(
            f"{THREADS_VARIABLE} is {stated!r}; allowed: a number from 1 to {_MOST_THREADS}"
        )
    return int(stated)


def _body(request: Request) -> dict[str, Any]:
    body: dict[str, Any] = {
        "messages": [message.to_openai() for message in request.messages],
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "repeat_penalty": request.repeat_penalty,
        "stop": list(request.stop),
        "stream": True,
        "timings_per_token": True,
    }
    if request.seed is not None:
        body["seed"] = request.seed
    if request.schema is not None:
        body["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": "turn", "schema": dict(request.schema)},
        }
    return body


class _Reading:
    """Collects the pieces that llama.cpp calls back with; answers True to make it stop."""

    def __init__(self, deadline: float, on_text: Callable[[str], bool]) -> None:
        self._deadline = deadline
        self._on_text = on_text
        self._pieces: list[str] = []
        self._timings: dict[str, Any] = {}
        self._finish = "stop"
        self._error: dict[str, Any] | None = None
        self._timed_out = False
        self._first: float | None = None

    def __call__(self, piece: dict[str, Any]) -> bool:
        if "error" in piece:
            self._error = piece["error"]
            return True
        self._timings = piece.get("timings") or self._timings
        stop = False
        for choice in piece.get("choices", ()):
            self._finish = choice.get("finish_reason") or self._finish
            text = choice["delta"].get("content")
            if text:
                self._first = self._first or time.monotonic()
                self._pieces.append(text)
                stop = self._on_text(text)
        self._timed_out = time.monotonic() > self._deadline
        return stop or self._timed_out

    def completion(self, started: float, request: Request) -> Completion:
        """The answer, or the error that took its place."""
        if self._error is not None:
            message = str(self._error.get("message", self._error))
            if self._error.get("type") == "exceed_context_size_error":
                raise ContextExceeded(message)
            raise ModelError(message)
        if self._timed_out:
            raise ModelTimeout(f"no answer within {request.timeout:g} s")
        cached = int(self._timings.get("cache_n", 0))
        return Completion(
            text="".join(self._pieces),
            prompt_tokens=cached + int(self._timings.get("prompt_n", 0)),
            completion_tokens=int(self._timings.get("predicted_n", 0)),
            cached_tokens=cached,
            seconds=time.monotonic() - started,
            first_token_seconds=self._first - started if self._first else None,
            finish=self._finish,
            model=EMBEDDED_NAME,
        )
