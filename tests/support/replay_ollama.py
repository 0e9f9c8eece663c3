"""An Ollama-protocol server that gives prepared answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.support.ollama_server import Answer, OllamaServer, replaying, serving, shown

LLAMA: dict[str, Any] = shown(8e9, 131_072, tools=True)


class ReplayOllama(OllamaServer):
    """Says what a function makes of the body of a chat."""

    def __init__(self, models: dict[str, dict[str, Any]], answer: Answer) -> None:
        super().__init__(models, replaying(answer))


@contextmanager
def replay_ollama(
    answer: Answer, models: dict[str, dict[str, Any]] | None = None
) -> Iterator[ReplayOllama]:
    """The server, running."""
    server = ReplayOllama({"llama3.1:latest": LLAMA} if models is None else models, answer)
    with serving(server):
        yield server
