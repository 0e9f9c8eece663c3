"""The lore index: what is found, and what is never found."""

from __future__ import annotations

import asyncio
import itertools
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from townsfolk.retrieval.index import LoreIndex
from townsfolk.retrieval.stores.interface import StoreError
from townsfolk.town.retrieval_config import RetrievalConfig
from townsfolk.town.town import Town

pytestmark = pytest.mark.model

QUERIES = [
    "What is the night password?",
    "Who cut the rope of the third bell?",
    "When is the next salt run, and with how many boats?",
    "밤의 암호가 뭐요?",
    "장부가 하나 더 있다는 게 사실인가?",
    "리나 모스는 어디에 있나?",
    "culvert",
    "secret",
]


@pytest.mark.parametrize(
    ("query", "language", "expected"),
    [
        ("How much is the toll at the gate?", "en", "east_gate_toll"),
        ("동문 통행세가 얼마예요?", "ko", "east_gate_toll"),
        ("What does a bed at the inn cost?", "en", "inn_prices"),
        ("철검은 얼마예요?", "ko", "iron_sword"),
        ("종이 언제 못에 빠졌나요?", "ko", "drowned_bell"),
    ],
)
def test_the_entry_that_answers_is_among_the_first(
    index: LoreIndex, query: str, language: str, expected: str
) -> None:
    hits = index.search(query, "merchant", language=language, hearers=["player"])
    assert expected in [hit.entry.id for hit in hits]
    assert all(hit.language == language for hit in hits)


def test_no_query_gives_an_npc_what_it_may_not_know(town: Town, index: LoreIndex) -> None:
    for query, npc, language in itertools.product(QUERIES, town.agents, ("en", "ko")):
        for hit in index.search(query, npc, 10, language=language):
            assert hit.entry.known_to(npc), (query, npc, hit.entry.id)


def test_nothing_confidential_is_found_where_the_player_hears(town: Town, index: LoreIndex) -> None:
    for query, npc in itertools.product(QUERIES, town.agents):
        hits = index.search(query, npc, 10, language="en", hearers=["player"])
        assert not [hit.entry.id for hit in hits if hit.entry.confidential]


def test_the_confidential_is_found_among_those_who_share_it(index: LoreIndex) -> None:
    query = "What is the night password at the gate?"
    shared = index.search(query, "guard", 10, language="en", hearers=["clerk"])
    assert "night_password" in [hit.entry.id for hit in shared]
    overheard = index.search(query, "guard", 10, language="en", hearers=["clerk", "merchant"])
    assert "night_password" not in [hit.entry.id for hit in overheard]


def test_without_an_embedding_model_words_alone_answer(town: Town) -> None:
    lexical = LoreIndex(town, config=RetrievalConfig(embedding="none"))
    assert lexical.embedding == "none"
    assert not lexical.warnings
    hits = lexical.search("물레방아 못은 어디 있나요", "guard", 3, language="ko")
    assert "mill_pool" in [hit.entry.id for hit in hits]


def test_a_model_that_cannot_be_used_is_told_and_words_alone_answer(town: Town) -> None:
    lexical = LoreIndex(town, config=RetrievalConfig(embedding="BAAI/bge-small-en-v1.5"))
    assert lexical.embedding == "none"
    assert "allow_downloads: true" in lexical.warnings[0]
    assert "BM25" in lexical.warnings[0]
    assert lexical.search("the toll", "guard")


def test_an_unknown_model_is_told_with_its_neighbours(town: Town) -> None:
    lexical = LoreIndex(town, config=RetrievalConfig(embedding="BAAI/bge-smal-en-v1.5"))
    assert "did you mean BAAI/bge-small-en-v1.5" in lexical.warnings[0]


def test_a_korean_query_finds_english_lore_where_there_is_no_other(town: Town) -> None:
    english = {
        name: replace(entry, body={"en": entry.text("en")}) for name, entry in town.lore.items()
    }
    mixed = LoreIndex(replace(town, lore=english))
    hits = mixed.search("동문 통행세가 얼마예요?", "merchant", 5)
    assert {"east_gate_toll", "carters_blockade"} & {hit.entry.id for hit in hits}
    assert {hit.language for hit in hits} == {"en"}


def test_the_result_says_what_each_stage_did(index: LoreIndex) -> None:
    hits = index.search("How much is the toll?", "guard", language="en")
    assert [stage.name for stage in hits.stages] == ["embedding", "search", "fusion"]
    assert all(stage.milliseconds >= 0 and not stage.problem for stage in hits.stages)
    assert {"dense", "bm25", "fusion"} <= hits[0].stages.keys()
    assert hits[0].source.startswith("knowledge/")


def test_a_store_that_does_not_answer_is_no_exception(
    index: LoreIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*arguments: object) -> None:
        raise StoreError("Qdrant at http://q does not answer")

    monkeypatch.setattr(index.built.store, "search", away)
    hits = index.search("the toll", "guard", language="en")
    assert list(hits) == []
    assert hits.problem == "Qdrant at http://q does not answer"


def test_the_async_search_finds_the_same(index: LoreIndex) -> None:
    ids = [hit.chunk.id for hit in index.search("the third bell", "guard", 5)]
    found = asyncio.run(index.asearch("the third bell", "guard", 5))
    assert [hit.chunk.id for hit in found] == ids


def test_the_async_search_takes_the_language_of_a_query_without_letters(index: LoreIndex) -> None:
    searched = [index.search("3", "guard", 5, spoken=spoken) for spoken in ("en", "ko")]
    found = [asyncio.run(index.asearch("3", "guard", 5, spoken=spoken)) for spoken in ("en", "ko")]
    ids = [[hit.chunk.id for hit in hits] for hits in found]
    assert ids == [[hit.chunk.id for hit in hits] for hits in searched]
    assert ids[0] != ids[1]


def test_lore_that_is_not_true_yet_is_not_found(town: Town) -> None:
    entry = town.lore["east_gate_toll"]
    future = replace(entry, valid_from=10**12)
    changed = replace(town, lore={**town.lore, entry.id: future})
    hits = LoreIndex(changed).search("toll at the East Gate", "guard", 10, language="en")
    assert entry.id not in [hit.entry.id for hit in hits]


def test_no_library_keeps_a_device_id_or_a_queue_of_usage(repository: Path, tmp_path: Path) -> None:
    """ONNX Runtime, below fastembed, would: files in the home directory, sent to its vendor."""
    code = (
        "from pathlib import Path; from townsfolk.town.load import load_town; "
        "from townsfolk.retrieval.index import LoreIndex; import townsfolk.models.routed as r; "
        f"LoreIndex(load_town(Path({str(repository)!r}))); r.import_litellm()"
    )
    kept = {k: v for k, v in os.environ.items() if k in {"PATH", "VIRTUAL_ENV"}}
    subprocess.run([sys.executable, "-c", code], env={**kept, "HOME": str(tmp_path)}, check=True)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
