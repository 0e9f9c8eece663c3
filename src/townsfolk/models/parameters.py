"""What `litellm_params` may hold."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field

from townsfolk.town.schema import Entry, wrong_kind

_DURATION = re.compile(r"[-+]?(\d+(\.\d*)?(ns|us|µs|ms|s|m|h))+")


def _named_model(value: Any) -> Any:
    if not isinstance(value, str) or not value.strip():
        raise wrong_kind("PROVIDER/NAME")
    return value.strip()


def _duration(value: Any) -> Any:
    """A time as Ollama understands it; a text without a unit it refuses, at every call."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number and not (isinstance(value, str) and _DURATION.fullmatch(value)):
        raise wrong_kind("a duration like 30m or 24h, or seconds; -1: for ever")
    return value


Seconds = Annotated[float, Field(gt=0)]


class LiteLLMParameters(Entry):
    """LiteLLM's parameters: those that are read here are checked, it knows the others itself."""

    model_config = ConfigDict(extra="allow")

    model: Annotated[str, BeforeValidator(_named_model)]
    """The provider and its name for the model: `ollama_chat/llama3.1`."""
    api_base: str | None = None
    """Where the server is."""
    num_ctx: int = Field(default=8192, gt=0)
    """Ollama: tokens of context."""
    keep_alive: Annotated[int | float | str, BeforeValidator(_duration)] = "30m"
    """Ollama: how long it keeps the model loaded."""
    timeout: Seconds = 60.0
    """Seconds after which a call is given up; a request may allow less."""
    request_timeout: Seconds = 60.0
    """LiteLLM's other name for `timeout`."""
    stream_timeout: Seconds = 60.0
    """Seconds after which a streamed call is given up."""

    def stated(self) -> dict[str, Any]:
        """What the file states; the rest is for the server to choose."""
        return self.model_dump(exclude_unset=True)
