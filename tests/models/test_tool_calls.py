"""Tool calls over the wire: whole or streamed, right or broken."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from tests.models.raw_server import http, raw_server
from tests.models.wire import (
    REQUEST,
    SEARCH,
    ollama_answer,
    ollama_stream,
    openai_answer,
    openai_delta,
    openai_stream,
    routed,
)
from townsfolk.models.interface import Completion, ToolCall

ASKING = replace(REQUEST, tools=(SEARCH,))


def _openai_call(function: dict[str, Any], **call: Any) -> dict[str, Any]:
    return {"id": "a", "type": "function", "function": function, **call}


def _complete(*calls: dict[str, Any]) -> Completion:
    with raw_server(http(openai_answer(content=None, tool_calls=list(calls)))) as server:
        return routed("openai", server.url).complete(ASKING)


def _stream(provider: str, said: bytes) -> Completion:
    with raw_server(said) as server:
        last = list(routed(provider, server.url).stream(ASKING))[-1].completion
    assert last is not None
    return last


async def _astream(provider: str, said: bytes) -> Completion:
    with raw_server(said) as server:
        chunks = [chunk async for chunk in routed(provider, server.url).astream(ASKING)]
    assert chunks[-1].completion is not None
    return chunks[-1].completion


def test_tools_are_sent_and_a_call_comes_back() -> None:
    call = {"function": {"name": "search", "arguments": {"query": "통행세"}}}
    with raw_server(http(ollama_answer(tool_calls=[call]))) as server:
        completion = routed("ollama_chat", server.url).complete(ASKING)
    assert server.bodies[0]["tools"] == [SEARCH]
    assert completion.finish == "tool_calls"
    assert [(c.name, c.arguments) for c in completion.tool_calls] == [
        ("search", {"query": "통행세"})
    ]


@pytest.mark.parametrize("written", ["{broken", "[1]", '"toll"', "", "null"])
def test_arguments_that_are_no_json_object_are_none(written: str) -> None:
    completion = _complete(_openai_call({"name": "search", "arguments": written}))
    assert completion.tool_calls == (ToolCall("a", "search", {}),)


def test_a_call_without_arguments_has_none() -> None:
    assert _complete(_openai_call({"name": "search"})).tool_calls[0].arguments == {}


@pytest.mark.parametrize("name", [{}, {"name": None}, {"name": ""}])
def test_a_call_that_names_no_tool_is_left_out(name: dict[str, Any]) -> None:
    completion = _complete(_openai_call({"arguments": "{}", **name}))
    assert (completion.tool_calls, completion.finish) == ((), "stop")


def test_calls_without_ids_get_different_ones() -> None:
    function = {"name": "search", "arguments": "{}"}
    calls = _complete(_openai_call(function, id=None), _openai_call(function, id=None)).tool_calls
    assert len({call.id for call in calls}) == 2


def test_a_call_of_another_tool_is_told_as_it_is() -> None:
    assert _complete(_openai_call({"name": "fly", "arguments": "{}"})).tool_calls[0].name == "fly"


def _pieces() -> bytes:
    def piece(index: int, function: dict[str, Any], **more: Any) -> dict[str, Any]:
        call = {"index": index, "function": function, **more}
        return openai_delta(tool_calls=[call])

    return openai_stream(
        piece(0, {"name": "search", "arguments": ""}, id="a", type="function"),
        piece(0, {"arguments": '{"query":'}),
        piece(0, {"arguments": ' "toll"}'}),
        piece(1, {"name": "search", "arguments": '{"query": "gate"}'}, id="b", type="function"),
        openai_delta("tool_calls"),
    )


def test_a_streamed_call_is_put_together_from_its_pieces() -> None:
    completion = _stream("openai", _pieces())
    assert completion.finish == "tool_calls"
    assert completion.tool_calls == (
        ToolCall("a", "search", {"query": "toll"}),
        ToolCall("b", "search", {"query": "gate"}),
    )
    assert asyncio.run(_astream("openai", _pieces())).tool_calls == completion.tool_calls


def test_ollamas_streamed_calls_stay_apart() -> None:
    def row(query: str) -> dict[str, Any]:
        call = {"function": {"name": "search", "arguments": {"query": query}}}
        return ollama_answer(done=False, tool_calls=[call])

    completion = _stream("ollama_chat", ollama_stream(row("toll"), row("gate"), ollama_answer()))
    assert completion.finish == "tool_calls"
    assert [dict(c.arguments) for c in completion.tool_calls] == [
        {"query": "toll"},
        {"query": "gate"},
    ]


@pytest.mark.parametrize(
    ("call", "found"),
    [
        ({"index": 0, "function": {"name": "search", "arguments": "{broken"}}, ["search"]),
        ({"function": {"name": "search"}}, ["search"]),
        ({"index": 0, "id": "a", "function": {"arguments": "{}"}}, []),
        ({"index": 0, "id": "a"}, []),
    ],
)
def test_a_broken_streamed_call_is_no_error(call: dict[str, Any], found: list[str]) -> None:
    said = openai_stream(openai_delta(tool_calls=[call]), openai_delta("tool_calls"))
    assert [c.name for c in _stream("openai", said).tool_calls] == found


def test_a_call_and_its_result_are_sent_back() -> None:
    from townsfolk.models.interface import Message

    call = ToolCall("a", "search", {"query": "toll"})
    messages = (
        *ASKING.messages,
        Message("assistant", "", (call,)),
        Message("tool", "Two silver.", tool_call_id="a"),
    )
    with raw_server(http(openai_answer(content="Two silver."))) as server:
        routed("openai", server.url).complete(replace(ASKING, messages=messages))
    sent = server.bodies[0]["messages"]
    assert json.loads(sent[1]["tool_calls"][0]["function"]["arguments"]) == {"query": "toll"}
    assert sent[2]["tool_call_id"] == "a"
