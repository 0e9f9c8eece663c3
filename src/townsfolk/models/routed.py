"""Models behind LiteLLM's router: Ollama, and every provider that LiteLLM knows."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import AsyncIterator, Iterator
from functools import cached_property
from typing import Any

from townsfolk.models.deployments import Choice
from townsfolk.models.errors import ContextExceeded, ModelError, ModelTimeout, ModelUnavailable
from townsfolk.models.interface import Chunk, Completion, Request, ToolCall
from townsfolk.models.profile import ModelProfile
from townsfolk.town.telemetry import forbid_telemetry


class RoutedModel:
    """The deployments of one role, balanced by `litellm.Router`."""

    def __init__(self, choice: Choice) -> None:
        self._choice = choice
        self.name = choice.name
        self.profile: ModelProfile = choice.profile

    @cached_property
    def _router(self) -> Any:
        """LiteLLM's router; importing it takes seconds, so it waits until it is needed."""
        litellm = import_litellm()
        return litellm.Router(
            model_list=[
                {"model_name": self._choice.role, "litellm_params": dict(deployment.parameters)}
                for deployment in self._choice.deployments
            ],
            # The turn counts its calls: it retries itself, once, and nothing below it does.
            num_retries=0,
            disable_cooldowns=True,
        )

    def warm(self) -> None:
        """Import LiteLLM and build the router now."""
        assert self._router is not None

    def reset(self) -> None:
        """Servers keep their own caches; a seed is all that can be sent."""

    def close(self) -> None:
        """Drop the router."""
        self.__dict__.pop("_router", None)

    def complete(self, request: Request) -> Completion:
        """The whole answer; raises ModelError."""
        started = time.monotonic()
        try:
            response = self._router.completion(**self._arguments(request))
        except Exception as error:
            raise _translated(error, request) from error
        return self._completion(response, started)

    async def acomplete(self, request: Request) -> Completion:
        """The whole answer; raises ModelError."""
        started = time.monotonic()
        try:
            response = await self._router.acompletion(**self._arguments(request))
        except Exception as error:
            raise _translated(error, request) from error
        return self._completion(response, started)

    def stream(self, request: Request) -> Iterator[Chunk]:
        """The answer as it comes; raises ModelError."""
        reading = _Reading(self.name)
        try:
            for piece in self._router.completion(**self._arguments(request), **_STREAM):
                if text := reading.take(piece):
                    yield Chunk(text)
        except Exception as error:
            raise _translated(error, request) from error
        yield Chunk("", reading.completion())

    async def astream(self, request: Request) -> AsyncIterator[Chunk]:
        """The answer as it comes; raises ModelError."""
        reading = _Reading(self.name)
        try:
            pieces = await self._router.acompletion(**self._arguments(request), **_STREAM)
            async for piece in pieces:
                if text := reading.take(piece):
                    yield Chunk(text)
        except Exception as error:
            raise _translated(error, request) from error
        yield Chunk("", reading.completion())

    def _arguments(self, request: Request) -> dict[str, Any]:
        arguments: dict[str, Any] = {
            "model": self._choice.role,
            "messages": [message.to_openai() for message in request.messages],
            "max_tokens": request.max_tokens,
            "temperature": request.temperature,
            "timeout": request.timeout,
        }
        if request.stop:
            arguments["stop"] = list(request.stop)
        if request.seed is not None:
            arguments["seed"] = request.seed
        if request.schema is not None:
            arguments["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": "turn", "schema": dict(request.schema)},
            }
        if request.tools:
            arguments["tools"] = [dict(tool) for tool in request.tools]
        return arguments

    def _completion(self, response: Any, started: float) -> Completion:
        choice = response.choices[0]
        usage = getattr(response, "usage", None)
        return Completion(
            text=choice.message.content or "",
            prompt_tokens=int(getattr(usage, "prompt_tokens", 0) or 0),
            completion_tokens=int(getattr(usage, "completion_tokens", 0) or 0),
            cached_tokens=_cached(usage),
            seconds=time.monotonic() - started,
            finish=choice.finish_reason or "stop",
            tool_calls=tuple(_tool_calls(choice.message)),
            model=self.name,
        )


_STREAM = {"stream": True, "stream_options": {"include_usage": True}}


def import_litellm() -> Any:
    """LiteLLM, imported without a look at the network and without its noise."""
    forbid_telemetry()
    import litellm

    litellm.suppress_debug_info = True
    litellm.drop_params = True
    litellm.telemetry = False
    logging.getLogger("LiteLLM").setLevel(logging.CRITICAL)
    logging.getLogger("LiteLLM Router").setLevel(logging.CRITICAL)
    return litellm


class _Reading:
    """Collects the pieces of a streamed answer."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._started = time.monotonic()
        self._first: float | None = None
        self._text: list[str] = []
        self._usage: Any = None
        self._finish = "stop"

    def take(self, piece: Any) -> str:
        """The text of a piece."""
        self._usage = getattr(piece, "usage", None) or self._usage
        if not piece.choices:
            return ""
        self._finish = piece.choices[0].finish_reason or self._finish
        text = piece.choices[0].delta.content or ""
        if text:
            self._first = self._first or time.monotonic()
            self._text.append(text)
        return text

    def completion(self) -> Completion:
        """The whole answer after the last piece."""
        return Completion(
            text="".join(self._text),
            prompt_tokens=int(getattr(self._usage, "prompt_tokens", 0) or 0),
            completion_tokens=int(getattr(self._usage, "completion_tokens", 0) or 0),
            cached_tokens=_cached(self._usage),
            seconds=time.monotonic() - self._started,
            first_token_seconds=self._first - self._started if self._first else None,
            finish=self._finish,
            model=self._model,
        )


def _cached(usage: Any) -> int:
    details = getattr(usage, "prompt_tokens_details", None)
    return int(getattr(details, "cached_tokens", 0) or 0)


def _tool_calls(message: Any) -> Iterator[ToolCall]:
    for call in getattr(message, "tool_calls", None) or ():
        try:
            arguments = json.loads(call.function.arguments or "{}")
        except ValueError:
            arguments = {}
        if isinstance(arguments, dict):
            yield ToolCall(call.id or call.function.name, call.function.name, arguments)


def _translated(error: Exception, request: Request) -> ModelError:
    """LiteLLM's exception as ours, with the first line of what it says."""
    import litellm

    message = (str(error).strip() or type(error).__name__).splitlines()[0][:300]
    if isinstance(error, litellm.exceptions.Timeout):
        return ModelTimeout(f"no answer within {request.timeout:g} s")
    if isinstance(error, litellm.exceptions.ContextWindowExceededError):
        return ContextExceeded(message)
    unavailable = (
        litellm.exceptions.APIConnectionError,
        litellm.exceptions.InternalServerError,
        litellm.exceptions.RateLimitError,
        litellm.exceptions.ServiceUnavailableError,
        litellm.exceptions.BadGatewayError,
    )
    return ModelUnavailable(message) if isinstance(error, unavailable) else ModelError(message)
