"""Reading LiteLLM's answers, whatever a server has put into them.

LiteLLM passes on much of what it gets: no choices, no usage, arguments that are no JSON. Nothing
here trusts a field to be there or to have its type.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from townsfolk.models.errors import ModelError
from townsfolk.models.interface import Completion, ToolCall


def read_completion(response: Any, model: str, started: float) -> Completion:
    """A whole answer as ours.

    Raises:
        ModelError: it holds no message.
    """
    choices = getattr(response, "choices", None)
    if not choices:
        raise ModelError("the server's answer holds no message")
    message = getattr(choices[0], "message", None)
    gathered = _GatheredCalls()
    for position, call in enumerate(getattr(message, "tool_calls", None) or ()):
        gathered.add(call, position)
    return _completion(
        text=_text(message),
        calls=gathered.tool_calls(),
        reason=getattr(choices[0], "finish_reason", None),
        usage=getattr(response, "usage", None),
        model=model,
        started=started,
    )


class StreamReading:
    """Collects the pieces of a streamed answer."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._started = time.monotonic()
        self._first: float | None = None
        self._text: list[str] = []
        self._calls = _GatheredCalls()
        self._usage: Any = None
        self._reason: Any = None

    def take(self, piece: Any) -> str:
        """The text of a piece."""
        self._usage = getattr(piece, "usage", None) or self._usage
        choices = getattr(piece, "choices", None)
        if not choices:
            return ""
        self._reason = getattr(choices[0], "finish_reason", None) or self._reason
        delta = getattr(choices[0], "delta", None)
        self._calls.take(getattr(delta, "tool_calls", None) or ())
        text = _text(delta)
        if text:
            self._first = self._first or time.monotonic()
            self._text.append(text)
        return text

    def completion(self) -> Completion:
        """The whole answer after the last piece."""
        return _completion(
            text="".join(self._text),
            calls=self._calls.tool_calls(),
            reason=self._reason,
            usage=self._usage,
            model=self._model,
            started=self._started,
            first=self._first,
        )


def _completion(
    *,
    text: str,
    calls: tuple[ToolCall, ...],
    reason: Any,
    usage: Any,
    model: str,
    started: float,
    first: float | None = None,
) -> Completion:
    return Completion(
        text=text,
        prompt_tokens=_count(usage, "prompt_tokens"),
        completion_tokens=_count(usage, "completion_tokens"),
        cached_tokens=_count(getattr(usage, "prompt_tokens_details", None), "cached_tokens"),
        seconds=time.monotonic() - started,
        first_token_seconds=first - started if first else None,
        finish="tool_calls" if calls else "length" if reason == "length" else "stop",
        tool_calls=calls,
        model=model,
    )


def _text(message: Any) -> str:
    content = getattr(message, "content", None)
    return content if isinstance(content, str) else ""


def _count(holder: Any, name: str) -> int:
    value = getattr(holder, name, None)
    return value if isinstance(value, int) else 0


@dataclass(slots=True)
class _GatheredCall:
    """A tool call, as much of it as has come."""

    index: Any
    id: str = ""
    name: str = ""
    arguments: str = ""


class _GatheredCalls:
    """Puts tool calls together from the pieces in which a stream brings them."""

    def __init__(self) -> None:
        self._calls: list[_GatheredCall] = []

    def take(self, pieces: Iterable[Any]) -> None:
        """Add the pieces of one delta."""
        for position, piece in enumerate(pieces):
            index = getattr(piece, "index", None)
            self.add(piece, position if index is None else index)

    def add(self, piece: Any, index: Any) -> None:
        """Add a piece of the call with this index."""
        function = getattr(piece, "function", None)
        identifier = str(getattr(piece, "id", None) or "")
        name = str(getattr(function, "name", None) or "")
        call = self._call_of(index, identifier, name)
        call.id = call.id or identifier
        call.name = call.name or name
        written = getattr(function, "arguments", None)
        if written is not None:
            call.arguments += written if isinstance(written, str) else json.dumps(written)

    def tool_calls(self) -> tuple[ToolCall, ...]:
        """The calls that say which tool they mean; nobody could answer the others."""
        return tuple(
            ToolCall(call.id or f"call_{position}", call.name, _arguments(call.arguments))
            for position, call in enumerate(self._calls)
            if call.name
        )

    def _call_of(self, index: Any, identifier: str, name: str) -> _GatheredCall:
        """The call that a piece continues, or a new one.

        Ollama gives its whole calls the index 0 each, so the index alone does not tell.
        """
        for call in reversed(self._calls):
            if call.index == index:
                another = identifier != call.id if identifier and call.id else False
                if another or (name and call.name and not identifier):
                    break
                return call
        self._calls.append(_GatheredCall(index))
        return self._calls[-1]


def _arguments(written: str) -> dict[str, Any]:
    """The arguments of a call; none where the model wrote something else than a JSON object."""
    try:
        arguments = json.loads(written or "{}")
    except (ValueError, RecursionError):
        return {}
    return arguments if isinstance(arguments, dict) else {}
