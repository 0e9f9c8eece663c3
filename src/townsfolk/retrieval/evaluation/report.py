"""What the rankings of judged queries say: figures by way of searching and group of queries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import Any

from townsfolk.retrieval.evaluation.judged import CROSS, JudgedQuery
from townsfolk.retrieval.evaluation.metrics import area_under_curve, ndcg, recall, reciprocal_rank
from townsfolk.retrieval.evaluation.ways import Ranking, Way

RECALL_AT = 5
EVERY = "all"
GROUPS = {"ko": "Korean", "en": "English", CROSS: "Cross-language", EVERY: "All"}

Rankings = Mapping[str, Mapping[str, Ranking]]
"""By way and by query id."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How well one way did on one group of queries; None where nothing can be said."""

    ndcg: float | None
    recall: float | None
    mrr: float | None
    """Mean reciprocal rank."""
    auc: float | None
    """How well the best score tells queries with an answer from those without."""


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of a group of queries."""

    name: str
    answered: int
    """Queries that have an answer; ranking metrics are their means."""
    unanswered: int
    figures: Mapping[str, Figures]
    """By way."""


def rank_all(
    ways: Sequence[Way], queries: Sequence[JudgedQuery], advance: Callable[[], None]
) -> Rankings:
    """What each way finds for each query; `advance` is called after each."""
    rankings: dict[str, dict[str, Ranking]] = {}
    for way in ways:
        found = rankings.setdefault(way.name, {})
        for query in queries:
            found[query.id] = way.rank(query)
            advance()
    return rankings


def report(queries: Sequence[JudgedQuery], rankings: Rankings, k: int) -> list[Group]:
    """The figures of each group that has queries, and of all."""
    groups = []
    for key, name in GROUPS.items():
        held = [query for query in queries if key in (EVERY, query.group)]
        if not held:
            continue
        with_answer = [query for query in held if query.sources]
        without = [query for query in held if not query.sources]
        figures = {way: _figures(with_answer, without, found, k) for way, found in rankings.items()}
        groups.append(Group(name, len(with_answer), len(without), figures))
    return groups


def as_json(queries: Sequence[JudgedQuery], rankings: Rankings, groups: Sequence[Group]) -> Any:
    """The figures, and under them what each way found for each query."""
    return {
        "groups": [asdict(group) for group in groups],
        "queries": [
            {
                "id": query.id,
                "group": query.group,
                "sources": query.sources,
                "found": {way: list(found[query.id].entries) for way, found in rankings.items()},
            }
            for query in queries
        ],
    }


def _figures(
    with_answer: Sequence[JudgedQuery],
    without: Sequence[JudgedQuery],
    found: Mapping[str, Ranking],
    k: int,
) -> Figures:
    auc = area_under_curve(
        [found[query.id].best for query in with_answer], [found[query.id].best for query in without]
    )
    if not with_answer:
        return Figures(None, None, None, auc)
    ranked = [(found[query.id].entries, query.sources) for query in with_answer]
    return Figures(
        fmean(ndcg(entries, sources, k) for entries, sources in ranked),
        fmean(recall(entries, sources, RECALL_AT) for entries, sources in ranked),
        fmean(reciprocal_rank(entries, sources) for entries, sources in ranked),
        auc,
    )
