"""Rerank services through LiteLLM, against a server that speaks Cohere's protocol."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.rerank_server import by_shared_words, rerank_server
from townsfolk.models.errors import ModelSetupError
from townsfolk.retrieval.rerank import RerankError
from townsfolk.retrieval.rerank_litellm import LitellmReranker

MODEL = "cohere/rerank-v3.5"
TEXTS = ["the bell fell", "the toll at the gate", "통행세 은화 2닢"]


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COHERE_API_KEY", "secret")


def test_scores_come_back_in_the_order_of_the_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    with rerank_server() as server:
        monkeypatch.setenv("COHERE_API_BASE", server.url)
        reranker = LitellmReranker(MODEL)
        assert reranker.rerank("toll gate", TEXTS) == [0, 1, 0]
        assert reranker.rerank("통행세 얼마", TEXTS) == [0, 0, 0.5]
        assert reranker.rerank("toll", []) == []
    assert reranker.name == "litellm:cohere/rerank-v3.5"
    assert len(server.calls) == 2
    path, authorization, body = server.calls[0]
    assert path == "/v2/rerank"
    assert authorization == "Bearer secret"
    assert (body["model"], body["query"]) == ("rerank-v3.5", "toll gate")
    assert (body["documents"], body["top_n"]) == (TEXTS, 3)


def _row(index: int, score: Any) -> dict[str, Any]:
    return {"index": index, "relevance_score": score}


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda body: 401, "refused"),
        (lambda body: 500, "refused"),
        (lambda body: 429, "refused"),
        (lambda body: b"<html>", "html"),
        (lambda body: {}, "scored 0 of 3 passages"),
        (lambda body: {"results": None}, "scored 0 of 3 passages"),
        (lambda body: {"results": [_row(0, 1.0), _row(1, 0.5)]}, "scored 2 of 3 passages"),
        (lambda body: {"results": [_row(i, 1.0) for i in (0, 1, 7)]}, "wrongly or twice"),
        (lambda body: {"results": [_row(i, 1.0) for i in (0, 1, 1)]}, "wrongly or twice"),
        (lambda body: {"results": [_row(i, "high") for i in range(3)]}, ""),
    ],
)
def test_what_goes_wrong_is_one_call_and_a_rerank_error(
    answer: Callable[[dict[str, Any]], Any], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with rerank_server(answer) as server:
        monkeypatch.setenv("COHERE_API_BASE", server.url)
        with pytest.raises(RerankError, match=f"litellm:{MODEL}: .*{told}"):
            LitellmReranker(MODEL).rerank("toll", TEXTS)
    assert len(server.calls) == 1


def test_a_call_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    with rerank_server(by_shared_words, delay=3) as server:
        monkeypatch.setenv("COHERE_API_BASE", server.url)
        reranker = LitellmReranker(MODEL, seconds=0.3)
        started = time.monotonic()
        with pytest.raises(RerankError, match=r"no answer within 0\.3 s"):
            reranker.rerank("toll", TEXTS)
        assert time.monotonic() - started < 2


def test_a_server_that_is_not_there_is_a_rerank_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COHERE_API_BASE", "http://127.0.0.1:9")
    with pytest.raises(RerankError):
        LitellmReranker(MODEL).rerank("toll", TEXTS)


def test_a_key_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COHERE_API_KEY")
    monkeypatch.delenv("CO_API_KEY", raising=False)
    with pytest.raises(RerankError, match="COHERE_API_KEY"):
        LitellmReranker(MODEL).rerank("toll", TEXTS)


def test_an_unknown_provider_is_told_at_once() -> None:
    with pytest.raises(ModelSetupError, match="cannot rerank with 'nobody/rerank'"):
        LitellmReranker("nobody/rerank")


def test_a_provider_that_does_not_rerank_is_a_rerank_error() -> None:
    with pytest.raises(RerankError, match="openai"):
        LitellmReranker("openai/gpt-4o").rerank("toll", TEXTS)


def test_hostile_queries_are_sent_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(body: dict[str, Any]) -> dict[str, Any]:
        return {"results": [_row(index, 0.1) for index in range(len(body["documents"]))]}

    with rerank_server(answer) as server:
        monkeypatch.setenv("COHERE_API_BASE", server.url)
        reranker = LitellmReranker(MODEL)
        for query in ("", "\x00\x1b", "🐉" * 50_000, "half \ud83d", '{"$ne": 1}'):
            assert reranker.rerank(query, TEXTS) == [0.1, 0.1, 0.1]
    assert all(len(body["query"]) <= 2000 for _, _, body in server.calls)
