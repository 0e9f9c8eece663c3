"""A project is made ready once: nothing is there twice, and only what changed is made anew."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.episodes import episode, run
from tests.support.langfuse_server import FakeLangfuse, Reply, fake_langfuse
from townsfolk.store.langfuse.client import LangfuseClient
from townsfolk.store.langfuse.errors import LangfuseError
from townsfolk.store.langfuse.score_configs import SCORE_CONFIGS
from townsfolk.store.langfuse.setup import create_score_configs, fill_dataset, push_prompts
from townsfolk.store.tracing.identity import observation_id, trace_id


@pytest.fixture
def server() -> Iterator[FakeLangfuse]:
    with fake_langfuse() as running:
        yield running


@pytest.fixture
def client(server: FakeLangfuse) -> Iterator[LangfuseClient]:
    with LangfuseClient(server.settings) as opened:
        yield opened


def test_score_configs_that_lack_are_created(server: FakeLangfuse, client: LangfuseClient) -> None:
    server.score_configs = [{"name": "satisfaction", "dataType": "NUMERIC"}]
    created = create_score_configs(client)
    assert sorted([*created, "satisfaction"]) == sorted(config.name for config in SCORE_CONFIGS)
    relevance = next(c for c in server.score_configs if c["name"] == "rag_relevance")
    assert (relevance["minValue"], relevance["maxValue"]) == (0, 1)
    # The fake gives three a page, so all pages were read.
    assert create_score_configs(client) == []


def test_a_prompt_is_pushed_when_its_text_changed(
    server: FakeLangfuse, client: LangfuseClient
) -> None:
    texts = {"turn.en": "{{ said }}", "turn.ko": "{{ said }}에"}
    assert push_prompts(client, texts, "npc-turn/5") == ["turn.en", "turn.ko"]
    assert push_prompts(client, texts, "npc-turn/5") == []
    assert push_prompts(client, {**texts, "turn.ko": "new"}, "npc-turn/6") == ["turn.ko"]
    first, second = server.prompts["turn.ko"]
    assert (first["type"], first["prompt"]) == ("text", "{{ said }}에")
    assert first["labels"] == ["npc-turn-5"]
    assert second["tags"] == ["townsfolk", "npc-turn/6"]


def test_the_lines_of_an_episode_are_items_of_a_dataset_once(
    server: FakeLangfuse, client: LangfuseClient
) -> None:
    one = episode(run(), "a")
    assert fill_dataset(client, "한국어 문지기", one) == 1
    assert fill_dataset(client, "한국어 문지기", one) == 1
    (item,) = server.dataset_items.values()
    assert item["datasetName"] == "한국어 문지기"
    assert item["input"]["said"] == "통행세가 얼마요?"
    assert item["expectedOutput"] == {"speech": "은화 2닢이오."}
    assert item["sourceTraceId"] == trace_id(one.id, 2)
    assert item["sourceObservationId"] == observation_id(one.id, 2, "turn")


def test_what_the_server_says_against_it_is_told(
    server: FakeLangfuse, client: LangfuseClient
) -> None:
    server.before.append(lambda path, body: Reply(400, {"message": "Invalid request data"}))
    with pytest.raises(LangfuseError, match=r"score-configs answers 400 Invalid request data"):
        create_score_configs(client)
