"""The routed model over the wire, against a server that speaks Ollama's protocol."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.models import wire
from tests.models.raw_server import http, raw_server
from tests.support.replay_ollama import ReplayOllama, replay_ollama
from townsfolk.models.deployments import Choice, Deployment, choose_model
from townsfolk.models.errors import ModelError, ModelSetupError, ModelUnavailable
from townsfolk.models.interface import Message, Request
from townsfolk.models.opening import open_model
from townsfolk.models.profile import ModelProfile
from townsfolk.models.routed import RoutedModel

REQUEST = Request(
    (Message("system", "You are Doran."), Message("user", "통행세가 얼마요?")),
    max_tokens=40,
    temperature=0.3,
    stop=("\n\n",),
    seed=7,
)


@pytest.fixture
def server() -> Iterator[ReplayOllama]:
    def answer(body: dict[str, Any]) -> str | int:
        return 500 if "fail" in body["messages"][-1]["content"] else "은화 2닢이오. 지나가시오."

    with replay_ollama(answer) as running:
        yield running


@pytest.fixture
def model(
    server: ReplayOllama, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[RoutedModel]:
    monkeypatch.setenv("OLLAMA_HOST", server.url)
    monkeypatch.setenv("TOWNSFOLK_NPC_MODEL", "ollama_chat/llama3.1")
    routed = RoutedModel(choose_model("npc", tmp_path))
    yield routed
    routed.close()


def test_a_request_arrives_with_its_messages_and_options(
    model: RoutedModel, server: ReplayOllama
) -> None:
    completion = model.complete(REQUEST)
    assert completion.text == "은화 2닢이오. 지나가시오."
    assert (completion.prompt_tokens, completion.completion_tokens) == (11, 7)
    sent = server.chats[0]
    assert [m["content"] for m in sent["messages"]] == ["You are Doran.", "통행세가 얼마요?"]
    assert sent["options"] | {"seed": 7, "num_predict": 40, "temperature": 0.3} == sent["options"]
    assert sent["options"]["stop"] == ["\n\n"]
    assert sent["options"]["num_ctx"] == 8192
    assert sent["keep_alive"] == "30m"


def test_a_schema_becomes_ollamas_format(model: RoutedModel, server: ReplayOllama) -> None:
    schema = {"type": "object", "properties": {"speech": {"type": "string"}}}
    model.complete(Request(REQUEST.messages, schema=schema))
    assert server.chats[0]["format"] == schema


def test_a_stream_ends_with_the_whole_completion(model: RoutedModel) -> None:
    chunks = list(model.stream(REQUEST))
    last = chunks[-1].completion
    assert last is not None
    assert last.text == "".join(chunk.text for chunk in chunks)
    assert last.first_token_seconds is not None


async def _acomplete(model: RoutedModel) -> str:
    return (await model.acomplete(REQUEST)).text


def test_the_async_twin_gives_the_same(model: RoutedModel) -> None:
    import asyncio

    assert asyncio.run(_acomplete(model)) == model.complete(REQUEST).text


def test_a_server_error_is_one_call_and_a_model_error(
    model: RoutedModel, server: ReplayOllama
) -> None:
    with pytest.raises(ModelError):
        model.complete(Request((Message("user", "fail"),)))
    assert len(server.chats) == 1


def test_a_server_that_went_away_is_a_model_error(model: RoutedModel, server: ReplayOllama) -> None:
    # Not called before: an open connection would be answered by the thread that holds it.
    server.shutdown()
    server.server_close()
    with pytest.raises(ModelUnavailable):
        model.complete(Request(REQUEST.messages, timeout=5))


def test_a_repeat_penalty_goes_to_ollama_alone() -> None:
    request = wire.REQUEST
    with raw_server(http(wire.ollama_answer(content="Aye."))) as server:
        wire.routed("ollama_chat", server.url).complete(request)
    assert server.bodies[0]["options"]["repeat_penalty"] == request.repeat_penalty
    with raw_server(http(wire.openai_answer(content="Aye."))) as server:
        wire.routed("openai", server.url).complete(request)
    assert set(server.bodies[0]) == {"model", "messages", "max_tokens", "temperature"}


def test_closing_while_a_call_runs_and_closing_twice_are_harmless() -> None:
    def answer(connection: socket.socket) -> None:
        routed.close()
        routed.close()
        connection.sendall(http(wire.ollama_answer(content="Aye.")))

    with raw_server(answer) as server:
        routed = wire.routed("ollama_chat", server.url)
        assert routed.complete(REQUEST).text == "Aye."
        routed.close()


def test_a_provider_that_litellm_does_not_know_is_said_at_the_opening() -> None:
    choice = Choice("npc", (Deployment({"model": "foo/bar"}, ModelProfile()),))
    with pytest.raises(ModelSetupError, match=r"cannot use foo/bar.*Provider NOT provided"):
        open_model(choice)
