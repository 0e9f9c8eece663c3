"""Whatever a server answers, a call gives a completion or raises a ModelError."""

from __future__ import annotations

from typing import Any

import pytest

from tests.models.raw_server import head, http, raw_server
from tests.models.wire import REQUEST, ollama_answer, openai_answer, routed
from townsfolk.models.errors import ModelError

_NO_JSON = {
    "broken": http(b'{"choices": ['),
    "empty": http(b""),
    "a list": http([]),
    "null": http(None),
    "a page": http(b"<html>login</html>"),
    "cut short": head(500) + b'{"choices"',
    "nothing at all": b"",
    "no HTTP": b"SSH-2.0-OpenSSH_9.6\r\n",
}


@pytest.mark.parametrize("provider", ["ollama_chat", "openai"])
@pytest.mark.parametrize("said", _NO_JSON.values(), ids=_NO_JSON.keys())
def test_what_is_no_completion_is_a_model_error(provider: str, said: bytes) -> None:
    with raw_server(said) as server, pytest.raises(ModelError):
        routed(provider, server.url).complete(REQUEST)
    assert len(server.bodies) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"model": "test"},
        {"choices": None},
        {"choices": []},
        {"choices": [{"finish_reason": "stop"}]},
        {"choices": [{"finish_reason": "stop", "message": None}]},
        {"error": {"message": "overloaded"}},
        openai_answer(content=5),
        openai_answer(content=None, tool_calls="search"),
        openai_answer(content=None, tool_calls=[{"id": "1", "type": "function"}]),
    ],
)
def test_an_openai_answer_without_its_parts_is_a_model_error(body: dict[str, Any]) -> None:
    with raw_server(http(body)) as server, pytest.raises(ModelError):
        routed("openai", server.url).complete(REQUEST)


@pytest.mark.parametrize(
    "body",
    [
        {"done": True},
        {"message": None, "done": True},
        {"error": "model runner has stopped"},
        ollama_answer(content=5),
        ollama_answer(tool_calls=[{"id": "1"}]),
        ollama_answer(tool_calls=[{"function": {"name": "search", "arguments": [1]}}]),
    ],
)
def test_an_ollama_answer_without_its_parts_is_a_model_error(body: dict[str, Any]) -> None:
    with raw_server(http(body)) as server, pytest.raises(ModelError):
        routed("ollama_chat", server.url).complete(REQUEST)


def test_no_content_is_an_empty_completion() -> None:
    with raw_server(http(openai_answer(content=None))) as server:
        completion = routed("openai", server.url).complete(REQUEST)
    assert (completion.text, completion.finish, completion.tool_calls) == ("", "stop", ())


def test_no_usage_counts_nothing() -> None:
    with raw_server(http({**openai_answer(content="Two silver."), "usage": None})) as server:
        completion = routed("openai", server.url).complete(REQUEST)
    assert completion.text == "Two silver."
    assert (completion.prompt_tokens, completion.completion_tokens) == (0, 0)


@pytest.mark.parametrize(
    ("reason", "finish"),
    [("length", "length"), ("content_filter", "stop"), ("eos", "stop"), (None, "stop")],
)
def test_a_finish_reason_is_one_of_ours(reason: str | None, finish: str) -> None:
    body = openai_answer(content="Two silver.")
    body["choices"][0]["finish_reason"] = reason
    with raw_server(http(body)) as server:
        assert routed("openai", server.url).complete(REQUEST).finish == finish


@pytest.mark.parametrize("provider", ["ollama_chat", "openai"])
@pytest.mark.parametrize("said", _NO_JSON.values(), ids=_NO_JSON.keys())
def test_a_stream_that_is_none_is_empty_or_a_model_error(provider: str, said: bytes) -> None:
    with raw_server(said) as server:
        try:
            last = list(routed(provider, server.url).stream(REQUEST))[-1].completion
        except ModelError:
            return
    assert last is not None
    assert last.text == ""
