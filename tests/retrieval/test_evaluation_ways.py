"""The ways of searching side by side, and what is reported of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from townsfolk.retrieval.chunks import chunks_of
from townsfolk.retrieval.evaluation.judged import JudgedQuery
from townsfolk.retrieval.evaluation.report import Rankings, as_json, rank_all, report
from townsfolk.retrieval.evaluation.synthetic import synthetic_queries, synthetic_town
from townsfolk.retrieval.evaluation.ways import Ranking, Way, ways_of
from townsfolk.town.retrieval_config import RetrievalConfig
from townsfolk.town.town import Town

EVERY_WAY = [
    "BM25, usual tokens",
    "BM25, morphemes",
    "dense",
    "dense, centred",
    "naive hybrid",
    "ours",
    "ours, no expansion",
]


def judged(name: str, text: str = "?", lang: str = "en", **more: object) -> JudgedQuery:
    told = {"id": name, "text": text, "lang": lang, "split": "test", "sources": [], **more}
    return JudgedQuery.model_validate(told)


@pytest.fixture(scope="module")
def ways(town: Town) -> Iterator[list[Way]]:
    with ways_of(town, (), 10, lambda done, total: None) as (opened, warnings):
        assert not warnings
        yield opened


def test_each_half_the_naive_hybrid_and_ours_are_compared(ways: list[Way]) -> None:
    assert [way.name for way in ways] == EVERY_WAY


def test_every_way_ranks_distinct_entries_that_the_asker_may_know(
    town: Town, ways: list[Way]
) -> None:
    asked = [
        judged("1", "the second ledger of the toll", npc="guard"),
        judged("2", "the second ledger of the toll"),
        judged("3", "장부가 하나 더 있나?", "ko", npc="clerk", lore="en"),
        judged("4", "!!!"),
        judged("5", "the"),
    ]
    for way in ways:
        for query in asked:
            found = way.rank(query).entries
            assert len(found) == len(set(found)) <= 10
            for entry in map(town.lore.__getitem__, found):
                if query.npc is None:
                    assert not entry.confidential
                    assert entry.known_to("somebody")
                else:
                    assert entry.known_to(query.npc)


def test_ours_finds_what_the_naive_hybrid_finds_for_a_plain_question(ways: list[Way]) -> None:
    query = judged("1", "How much is the toll at the East Gate?", npc="guard")
    for way in ways:
        assert "east_gate_toll" in way.rank(query).entries, way.name


def test_without_an_embedding_model_words_alone_are_compared(town: Town) -> None:
    config = town.config.model_copy(update={"retrieval": RetrievalConfig(embedding="none")})
    with ways_of(replace(town, config=config), ("rrf", "dbsf"), 10, lambda a, b: None) as opened:
        names = [way.name for way in opened[0]]
    assert names == [*EVERY_WAY[:2], "ours, rrf", "ours, dbsf", "ours, no expansion"]


def rankings() -> tuple[list[JudgedQuery], Rankings]:
    queries = [
        judged("1", sources=["a"]),
        judged("2", sources=["b"], lang="ko"),
        judged("3", lang="ko"),
        judged("4", sources=["a", "b"], lang="ko", lore="en"),
    ]
    found = {
        "1": Ranking(("a", "b"), 0.9),
        "2": Ranking(("a", "b"), 0.8),
        "3": Ranking(("a",), 0.1),
        "4": Ranking((), float("-inf")),
    }
    return queries, rank_all([Way("way", lambda query: found[query.id])], queries, lambda: None)


def test_figures_are_means_over_the_queries_with_an_answer() -> None:
    queries, found = rankings()
    groups = {group.name: group for group in report(queries, found, 10)}
    assert [*groups] == ["Korean", "English", "Cross-language", "All"]
    assert (groups["Korean"].answered, groups["Korean"].unanswered) == (1, 1)
    korean, english = groups["Korean"].figures["way"], groups["English"].figures["way"]
    assert (korean.mrr, korean.recall, korean.auc) == (0.5, 1.0, 1.0)
    assert (english.ndcg, english.mrr, english.auc) == (1.0, 1.0, None)
    assert groups["Cross-language"].figures["way"].ndcg == 0.0
    everything = groups["All"].figures["way"]
    assert everything.mrr == pytest.approx((1 + 0.5 + 0) / 3)
    assert everything.auc == pytest.approx(2 / 3)


def test_nothing_is_said_of_a_group_without_answers() -> None:
    query = judged("1")
    (english, _) = report([query], {"way": {"1": Ranking((), 0.0)}}, 10)
    figures = english.figures["way"]
    assert (figures.ndcg, figures.recall, figures.mrr, figures.auc) == (None, None, None, None)


def test_the_report_for_machines_holds_what_was_found() -> None:
    queries, found = rankings()
    told = as_json(queries, found, report(queries, found, 10))
    assert told["queries"][1]["found"] == {"way": ["a", "b"]}
    assert told["groups"][0]["figures"]["way"]["mrr"] == 0.5


@pytest.mark.parametrize("chunks", [2, 200])
def test_a_synthetic_town_has_as_many_chunks_as_asked(
    town: Town, tmp_path: Path, chunks: int
) -> None:
    made = synthetic_town(town, chunks, tmp_path)
    assert len(chunks_of(made.lore, made.config.languages)) == chunks
    assert [language for _, language in synthetic_queries(made, 3)] == ["en", "ko", "en"]
    again = synthetic_town(town, chunks, tmp_path)
    assert again.lore == made.lore
