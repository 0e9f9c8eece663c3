"""The lore index: what is found, and what is never found."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from pathlib import Path

import pytest

from townsfolk.retrieval import index as index_module
from townsfolk.retrieval.index import LoreIndex
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
    hits = index.search(query, "merchant", language, k=4, hearers=["player"])
    assert expected in [hit.entry.id for hit in hits]
    assert all(hit.language == language for hit in hits)


def test_no_query_gives_an_npc_what_it_may_not_know(town: Town, index: LoreIndex) -> None:
    for query, npc, language in itertools.product(QUERIES, town.agents, ("en", "ko")):
        for hit in index.search(query, npc, language, k=10):
            assert hit.entry.known_to(npc), (query, npc, hit.entry.id)


def test_nothing_confidential_is_found_where_the_player_hears(town: Town, index: LoreIndex) -> None:
    for query, npc in itertools.product(QUERIES, town.agents):
        hits = index.search(query, npc, "en", k=10, hearers=["player"])
        assert not [hit.entry.id for hit in hits if hit.entry.confidential]


def test_the_confidential_is_found_among_those_who_share_it(index: LoreIndex) -> None:
    query = "What is the night password at the gate?"
    shared = index.search(query, "guard", "en", k=10, hearers=["clerk"])
    assert "night_password" in [hit.entry.id for hit in shared]
    overheard = index.search(query, "guard", "en", k=10, hearers=["clerk", "merchant"])
    assert "night_password" not in [hit.entry.id for hit in overheard]


@pytest.mark.parametrize("query", ["", "   ", "\x00\x07", "🙂🙂", "((a OR b) AND", "x" * 5000])
def test_a_strange_query_gives_a_result_or_none(index: LoreIndex, query: str) -> None:
    assert len(index.search(query, "guard", "en", k=3)) <= 3


def test_without_the_embedding_model_bm25_alone_answers(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_module, "embedding_available", lambda: False)
    lexical = LoreIndex(town)
    assert not lexical.dense
    hits = lexical.search("물레방아 못은 어디 있나요", "guard", "ko", k=3)
    assert "mill_pool" in [hit.entry.id for hit in hits]


def test_lore_that_is_not_true_yet_is_not_found(town: Town) -> None:
    from dataclasses import replace

    entry = town.lore["east_gate_toll"]
    future = replace(entry, valid_from=10**12)
    changed = replace(town, lore={**town.lore, entry.id: future})
    hits = LoreIndex(changed).search("toll at the East Gate", "guard", "en", k=10)
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
