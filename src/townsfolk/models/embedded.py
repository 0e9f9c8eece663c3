"""The embedded model: llama.cpp in this process, weights from a package, no server, no download."""

from __future__ import annotations

import asyncio
import os
import queue
import secrets
import threading
import time
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import aclosing, closing, suppress
from pathlib import Path
from typing import Any

from townsfolk.models.errors import ContextExceeded, ModelError, ModelSetupError, ModelTimeout
from townsfolk.models.interface import Chunk, Completion, Request
from townsfolk.models.profile import ModelProfile
from townsfolk.models.weights import check_weights

EMBEDDED_NAME = "embedded/smollm2-135m"
EMBEDDED_PROFILE = ModelProfile(
    strength="weak", context=2048, json_schema=True, tools=False, languages=("en",)
)
THREADS_VARIABLE = "TOWNSFOLK_THREADS"
_MOST_THREADS = 512

Piece = Chunk | Exception
"""What the thread of a request hands to the one who reads: a part of the answer, or its end."""


class EmbeddedModel:
    """A GGUF model in llama.cpp, answering one request at a time."""

    def __init__(
        self,
        weights: Path,
        profile: ModelProfile = EMBEDDED_PROFILE,
        adapter: Path | None = None,
    ) -> None:
        """Load the weights, and an adapter beside them.

        Raises:
            ModelSetupError: they are no model, or a setting is wrong.
        """
        import xllamacpp

        check_weights(weights)
        self.profile = profile
        self.name = embedded_name(adapter)
        parameters = xllamacpp.CommonParams()
        parameters.model.path = str(weights)
        if adapter is not None:
            parameters.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(str(adapter), 1.0)]
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
        self._server = _server(parameters, weights)
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._fresh = True

    def reset(self) -> None:
        """Make the next request start from an empty prompt cache."""
        self._fresh = True

    def close(self) -> None:
        """Free the model's memory, after the token that a running request is at."""
        self._closed.set()
        with self._lock:
            self._server = None

    def complete(self, request: Request) -> Completion:
        """The whole answer; raises ModelTimeout, ContextExceeded, ModelError."""
        # An interrupt that arises inside llama.cpp's callback is lost; here it is not inside.
        with closing(self.stream(request)) as chunks:
            for chunk in chunks:
                if chunk.completion is not None:
                    return chunk.completion
        raise ModelError("the model ended without an answer")

    def stream(self, request: Request) -> Generator[Chunk, None, None]:
        """The answer as it comes; closing the iterator stops llama.cpp at the next token."""
        pieces: queue.Queue[Piece] = queue.Queue()
        cancelled = self._start(request, pieces.put)
        try:
            while True:
                chunk = _chunk(pieces.get())
                yield chunk
                if chunk.completion is not None:
                    return
        finally:
            cancelled.set()

    async def acomplete(self, request: Request) -> Completion:
        """The whole answer; cancelling the task stops llama.cpp at the next token."""
        async with aclosing(self.astream(request)) as chunks:
            async for chunk in chunks:
                if chunk.completion is not None:
                    return chunk.completion
        raise ModelError("the model ended without an answer")

    async def astream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """The answer as it comes; closing or cancelling stops llama.cpp at the next token."""
        pieces: asyncio.Queue[Piece] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def put(piece: Piece) -> None:
            # A loop that has ended meanwhile has nobody left who reads.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(pieces.put_nowait, piece)

        cancelled = self._start(request, put)
        try:
            while True:
                chunk = _chunk(await pieces.get())
                yield chunk
                if chunk.completion is not None:
                    return
        finally:
            cancelled.set()

    def _start(self, request: Request, put: Callable[[Piece], None]) -> threading.Event:
        """Run a request in a thread that puts each piece; the event stops it."""
        cancelled = threading.Event()

        def work() -> None:
            try:
                put(Chunk("", self._generate(request, put, cancelled)))
            except Exception as error:  # handed to the reader, who raises it
                put(error)

        threading.Thread(target=work, daemon=True, name="embedded-model").start()
        return cancelled

    def _generate(
        self, request: Request, put: Callable[[Piece], None], cancelled: threading.Event
    ) -> Completion:
        with self._lock:
            started = time.monotonic()
            reading = _Reading(started + request.timeout, put, (cancelled, self._closed), self.name)
            if not reading.unwanted:
                body = _body(request)
                body["cache_prompt"] = not self._fresh
                self._fresh = False
                self._server.handle_chat_completions(body, reading)
            if self._closed.is_set():
                raise ModelError("the model was closed")
            return reading.completion(started, request)


def embedded_name(adapter: Path | None) -> str:
    """What the embedded model is called in transcripts, with its adapter."""
    return f"{EMBEDDED_NAME}+{adapter.stem}" if adapter else EMBEDDED_NAME


def _chunk(piece: Piece) -> Chunk:
    if isinstance(piece, Exception):
        raise piece
    return piece


def _server(parameters: Any, weights: Path) -> Any:
    """llama.cpp with the weights loaded; raises ModelSetupError."""
    import xllamacpp

    try:
        return xllamacpp.Server(parameters)
    except RuntimeError as error:
        raise ModelSetupError(
            f"llama.cpp cannot load {weights} ({error}); "
            "the file is damaged, or needs more memory or a newer llama.cpp"
        ) from None


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

    def __init__(
        self,
        deadline: float,
        put: Callable[[Piece], None],
        stops: tuple[threading.Event, ...],
        name: str,
    ) -> None:
        self._deadline = deadline
        self._name = name
        self._put = put
        self._stops = stops
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
        for choice in piece.get("choices", ()):
            self._finish = choice.get("finish_reason") or self._finish
            text = choice["delta"].get("content")
            if text:
                self._first = self._first or time.monotonic()
                self._pieces.append(text)
                self._put(Chunk(text))
        self._timed_out = time.monotonic() > self._deadline
        return self._timed_out or self.unwanted

    @property
    def unwanted(self) -> bool:
        """Whether nobody waits for the answer any more."""
        return any(stop.is_set() for stop in self._stops)

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
            model=self._name,
        )
