"""The one small interface to every language model."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from townsfolk.models.profile import ModelProfile

Role = Literal["system", "user", "assistant", "tool"]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A look-up that a model asks for."""

    id: str
    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a prompt."""

    role: Role
    content: str
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None

    def to_openai(self) -> dict[str, Any]:
        """The message in the form of OpenAI's chat API, which every server here understands."""
        import json

        body: dict[str, Any] = {"role": self.role, "content": self.content}
        if self.tool_calls:
            body["tool_calls"] = [
                {
                    "id": call.id,
                    "type": "function",
                    "function": {"name": call.name, "arguments": json.dumps(dict(call.arguments))},
                }
                for call in self.tool_calls
            ]
        if self.tool_call_id is not None:
            body["tool_call_id"] = self.tool_call_id
        return body


@dataclass(frozen=True, slots=True)
class Request:
    """What a model is asked."""

    messages: tuple[Message, ...]
    max_tokens: int = 96
    temperature: float = 0.7
    stop: tuple[str, ...] = ()
    seed: int | None = None
    schema: Mapping[str, Any] | None = None
    """JSON schema of the answer, where the profile has `json`."""
    tools: tuple[Mapping[str, Any], ...] = ()
    """OpenAI function definitions, where the profile has `tools`."""
    repeat_penalty: float = 1.0
    timeout: float = 60.0
    """Seconds until the call is given up."""


@dataclass(frozen=True, slots=True)
class Completion:
    """What a model answered, and what it cost."""

    text: str
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    """Prompt tokens that the server had ready."""
    seconds: float = 0.0
    first_token_seconds: float | None = None
    finish: str = "stop"
    """`stop`, `length` or `tool_calls`."""
    tool_calls: tuple[ToolCall, ...] = ()
    model: str = ""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a streamed answer; the last one carries the whole completion."""

    text: str
    completion: Completion | None = None


class Completer(Protocol):
    """The part of a model that a turn with blocking calls needs."""

    @property
    def name(self) -> str:
        """What it is called in transcripts: `embedded/smollm2-135m`, `ollama_chat/llama3.1`."""
        ...

    @property
    def profile(self) -> ModelProfile:
        """What it can do."""
        ...

    def complete(self, request: Request) -> Completion:
        """The whole answer. Raises ModelError."""
        ...


class Model(Completer, Protocol):
    """A language model: complete and stream, with their async twins."""

    def stream(self, request: Request) -> Iterator[Chunk]:
        """The answer as it comes; closing the iterator cancels it. Raises ModelError."""
        ...

    async def acomplete(self, request: Request) -> Completion:
        """The whole answer. Raises ModelError."""
        ...

    def astream(self, request: Request) -> AsyncIterator[Chunk]:
        """The answer as it comes; closing the iterator cancels it. Raises ModelError."""
        ...

    def reset(self) -> None:
        """Forget what makes an answer depend on earlier calls, so that a seed repeats it."""
        ...

    def close(self) -> None:
        """Give back memory and connections."""
        ...
