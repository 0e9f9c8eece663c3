"""How long a routed call may take: the request's seconds, or the deployment's where fewer."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.models.raw_server import head, http, raw_server
from tests.models.wire import REQUEST, ollama_answer, openai_answer, routed
from townsfolk.models.deployments import Choice, Deployment
from townsfolk.models.errors import ModelTimeout
from townsfolk.models.profile import ModelProfile
from townsfolk.models.routed import RoutedModel

PROVIDERS = pytest.mark.parametrize("provider", ["ollama_chat", "openai"])


def _silent(connection: socket.socket) -> None:
    time.sleep(3)


def _dripping(connection: socket.socket) -> None:
    """Says a byte now and then, so that no silence is ever long."""
    connection.sendall(head(100_000))
    for _ in range(30):
        connection.sendall(b" ")
        time.sleep(0.1)


def _word_by_word(connection: socket.socket) -> None:
    connection.sendall(head(100_000, "application/x-ndjson"))
    for _ in range(30):
        connection.sendall(json.dumps(ollama_answer(done=False, content="a ")).encode() + b"\n")
        time.sleep(0.1)


def _timed(call: Callable[[], Any]) -> tuple[str, float]:
    """What a ModelTimeout says, and after how many seconds."""
    started = time.monotonic()
    with pytest.raises(ModelTimeout) as caught:
        call()
    return str(caught.value), time.monotonic() - started


@pytest.fixture(scope="module", autouse=True)
def _litellm_is_imported() -> None:
    """The first call imports much, which is not what is timed here."""
    for provider, answer in (("openai", openai_answer), ("ollama_chat", ollama_answer)):
        with raw_server(http(answer(content="Aye."))) as server:
            routed(provider, server.url).complete(REQUEST)


@PROVIDERS
@pytest.mark.parametrize(("stated", "asked"), [(0.4, 60.0), (60.0, 0.4)])
def test_the_smaller_limit_holds_and_is_said(provider: str, stated: float, asked: float) -> None:
    with raw_server(_silent) as server:
        model = routed(provider, server.url, timeout=stated)
        said, seconds = _timed(lambda: model.complete(replace(REQUEST, timeout=asked)))
    assert said == "no answer within 0.4 s"
    assert seconds < 2


def test_each_deployment_has_its_own_limit() -> None:
    with raw_server(_silent) as server:
        parameters = {"model": "openai/test", "api_base": server.url, "api_key": "none"}
        choice = Choice(
            "npc",
            tuple(
                Deployment({**parameters, "timeout": seconds}, ModelProfile())
                for seconds in (0.1, 0.2)
            ),
        )
        model = RoutedModel(choice)
        said = {_timed(lambda: model.complete(REQUEST))[0] for _ in range(20)}
    assert said == {"no answer within 0.1 s", "no answer within 0.2 s"}


@PROVIDERS
def test_a_server_that_drips_bytes_is_given_up(provider: str) -> None:
    with raw_server(_dripping) as server:
        model = routed(provider, server.url)
        said, seconds = _timed(lambda: model.complete(replace(REQUEST, timeout=0.5)))
    assert said == "no answer within 0.5 s"
    assert seconds < 2


@PROVIDERS
def test_a_dripping_server_is_hung_up_on_where_the_call_is_awaited(provider: str) -> None:
    with raw_server(_dripping) as server:
        model = routed(provider, server.url)
        _, seconds = _timed(lambda: asyncio.run(model.acomplete(replace(REQUEST, timeout=0.5))))
        assert server.broken.wait(2)
    assert seconds < 2


async def _collect(model: RoutedModel, timeout: float) -> list[str]:
    return [chunk.text async for chunk in model.astream(replace(REQUEST, timeout=timeout))]


def test_an_endless_stream_is_given_up() -> None:
    with raw_server(_word_by_word) as server:
        model = routed("ollama_chat", server.url, stream_timeout=0.5)
        said, _ = _timed(lambda: list(model.stream(REQUEST)))
        assert said == "no answer within 0.5 s"
        said, _ = _timed(lambda: asyncio.run(_collect(model, 5)))
        assert said == "no answer within 0.5 s"
