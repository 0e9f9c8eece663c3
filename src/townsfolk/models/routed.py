"""Models behind LiteLLM's router: Ollama, and every provider that LiteLLM knows."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from townsfolk.models.answers import StreamReading, read_completion
from townsfolk.models.background import items_of, result_of
from townsfolk.models.deployments import Choice, Deployment
from townsfolk.models.errors import (
    ContextExceeded,
    ModelError,
    ModelSetupError,
    ModelTimeout,
    ModelUnavailable,
    first_line,
)
from townsfolk.models.interface import Chunk, Completion, Request
from townsfolk.models.ollama import is_ollama
from townsfolk.models.profile import ModelProfile
from townsfolk.town.telemetry import forbid_telemetry

_TIMEOUTS = ("timeout", "request_timeout")
_STREAM_TIMEOUTS = (*_TIMEOUTS, "stream_timeout")
_STREAM = {"stream": True, "stream_options": {"include_usage": True}}


@dataclass(frozen=True, slots=True)
class _Call:
    """A request on its way to one deployment."""

    arguments: dict[str, Any]
    seconds: float
    """How long it may take: what the request allows, or less where the deployment states less."""


class RoutedModel:
    """The deployments of one role, balanced by `litellm.Router`."""

    def __init__(self, choice: Choice) -> None:
        self._choice = choice
        self._deployments = {
            f"{choice.role}-{index}": deployment
            for index, deployment in enumerate(choice.deployments)
        }
        self.name = choice.name
        self.profile: ModelProfile = choice.profile

    @cached_property
    def _router(self) -> Any:
        """LiteLLM's router; importing it takes seconds, so it waits until it is needed."""
        litellm = import_litellm()
        try:
            return litellm.Router(
                model_list=[
                    self._router_entry(identifier, deployment)
                    for identifier, deployment in self._deployments.items()
                ],
                num_retries=0,
                disable_cooldowns=True,
            )
        except Exception as error:
            raise ModelSetupError(f"LiteLLM cannot use {self.name}: {first_line(error)}") from error

    def warm(self) -> None:
        """Import LiteLLM and build the router now.

        Raises:
            ModelSetupError: LiteLLM knows no such provider, or refuses a parameter.
        """
        assert self._router is not None

    def reset(self) -> None:
        """Servers keep their own caches; a seed is all that can be sent."""

    def close(self) -> None:
        """Drop the router; a request that runs keeps its own hold of it until it ends."""
        self.__dict__.pop("_router", None)

    def complete(self, request: Request) -> Completion:
        """The whole answer; raises ModelError."""
        return result_of(self.acomplete(request))

    async def acomplete(self, request: Request) -> Completion:
        """The whole answer; raises ModelError."""
        started = time.monotonic()
        call = self._call(request)
        with translating(call.seconds):
            async with asyncio.timeout(call.seconds):
                response = await _litellm().acompletion(**call.arguments)
            return read_completion(response, self.name, started)

    def stream(self, request: Request) -> Generator[Chunk, None, None]:
        """The answer as it comes; raises ModelError."""
        yield from items_of(self.astream(request))

    async def astream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """The answer as it comes; raises ModelError."""
        reading = StreamReading(self.name)
        call = self._call(request, streamed=True)
        deadline = asyncio.get_running_loop().time() + call.seconds
        with translating(call.seconds):
            async with asyncio.timeout_at(deadline):
                pieces = await _litellm().acompletion(**call.arguments)
            async with aclosing(pieces):
                async for piece in _until(deadline, pieces):
                    if text := reading.take(piece):
                        yield Chunk(text)
        yield Chunk("", reading.completion())

    @staticmethod
    def _router_entry(identifier: str, deployment: Deployment) -> dict[str, Any]:
        """A deployment as LiteLLM's router wants it; its timeouts come with each call."""
        parameters = {
            name: value
            for name, value in deployment.parameters.items()
            if name not in _STREAM_TIMEOUTS
        }
        role = identifier.rpartition("-")[0]
        return {
            "model_name": role,
            "litellm_params": parameters,
            "model_info": {"id": identifier},
        }

    def _call(self, request: Request, streamed: bool = False) -> _Call:
        """The request for the deployment whose turn it is.

        The router picks it before the call, because what is sent depends on which one it is; to
        call it through the router would have it picked again.
        """
        arguments = _arguments(request)
        router = self._router
        with translating(request.timeout):
            picked = router.get_available_deployment(
                model=self._choice.role, messages=arguments["messages"], request_kwargs={}
            )
        deployment = self._deployments[picked["model_info"]["id"]]
        # The turn counts its calls: it retries itself, once, and nothing below it does.
        arguments = {**picked["litellm_params"], **arguments, "num_retries": 0, "max_retries": 0}
        stated = _STREAM_TIMEOUTS if streamed else _TIMEOUTS
        limits = [deployment.parameters[name] for name in stated if name in deployment.parameters]
        arguments["timeout"] = seconds = min([request.timeout, *limits])
        if is_ollama(deployment.model):
            # LiteLLM hands a parameter that it does not know on to every server, and OpenAI's
            # refuses it.
            arguments["repeat_penalty"] = request.repeat_penalty
        return _Call(arguments | _STREAM if streamed else arguments, seconds)


def _litellm() -> Any:
    """LiteLLM, which the router has imported."""
    import litellm

    return litellm


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


def _arguments(request: Request) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "messages": [message.to_openai() for message in request.messages],
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
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
        # LiteLLM looks for MCP tools among them with a newer `mcp` than CrewAI allows, and fails
        # on the import before anything is sent.
        arguments["_skip_mcp_handler"] = True
    return arguments


async def _until(deadline: float, pieces: AsyncIterator[Any]) -> AsyncIterator[Any]:
    """The pieces that come before a time of the event loop; raises TimeoutError after it."""
    iterator = aiter(pieces)
    while True:
        try:
            async with asyncio.timeout_at(deadline):
                piece = await anext(iterator)
        except StopAsyncIteration:
            return
        yield piece


@contextmanager
def translating(seconds: float) -> Iterator[None]:
    """Whatever goes wrong inside becomes a ModelError; `seconds` is how long it was allowed."""
    try:
        yield
    except ModelError:
        raise
    except Exception as error:
        raise _translated(error, seconds) from error


def _translated(error: Exception, seconds: float) -> ModelError:
    """LiteLLM's exception as ours, with the first line of what it says."""
    import litellm

    message = first_line(error)
    if isinstance(error, litellm.exceptions.Timeout | TimeoutError):
        return ModelTimeout(f"no answer within {seconds:g} s")
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
