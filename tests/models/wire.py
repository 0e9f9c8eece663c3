"""Routed models on a raw server, and answers in the form of Ollama and of OpenAI."""

from __future__ import annotations

import json
from typing import Any

from tests.models.raw_server import http
from townsfolk.models.deployments import Choice, Deployment
from townsfolk.models.interface import Message, Request
from townsfolk.models.profile import ModelProfile
from townsfolk.models.routed import RoutedModel

SEARCH = {
    "type": "function",
    "function": {"name": "search", "parameters": {"type": "object", "properties": {}}},
}
REQUEST = Request((Message("user", "What is the toll?"),), timeout=5, repeat_penalty=1.2)


def routed(provider: str, *urls: str, **parameters: Any) -> RoutedModel:
    """A model with a deployment of this provider at each address."""
    deployments = [
        {"model": f"{provider}/test", "api_base": url, "api_key": "none", **parameters}
        for url in urls
    ]
    return RoutedModel(
        Choice("npc", tuple(Deployment(d, ModelProfile(tools=True)) for d in deployments))
    )


def openai_answer(**message: Any) -> dict[str, Any]:
    return {
        "id": "1",
        "object": "chat.completion",
        "created": 1,
        "model": "test",
        "choices": [
            {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", **message}}
        ],
        "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18},
    }


def ollama_answer(done: bool = True, **message: Any) -> dict[str, Any]:
    counts = {"prompt_eval_count": 11, "eval_count": 7, "done_reason": "stop"} if done else {}
    return {
        "model": "test",
        "created_at": "2026-01-01T00:00:00Z",
        "message": {"role": "assistant", "content": "", **message},
        "done": done,
        **counts,
    }


def ollama_stream(*rows: dict[str, Any]) -> bytes:
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    return http(lines.encode(), "application/x-ndjson")


def openai_delta(finish: str | None = None, **delta: Any) -> dict[str, Any]:
    return {
        "id": "1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "test",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }


def openai_stream(*rows: dict[str, Any]) -> bytes:
    events = "".join(f"data: {json.dumps(row)}\n\n" for row in rows) + "data: [DONE]\n\n"
    return http(events.encode(), "text/event-stream")
