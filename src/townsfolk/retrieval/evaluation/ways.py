"""The ways of searching that are compared: each half alone, the naive hybrid, and ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from townsfolk.language.detect import detect_language
from townsfolk.retrieval.allowed import Allowed
from townsfolk.retrieval.build import Built, build
from townsfolk.retrieval.embedding.interface import Vectors
from townsfolk.retrieval.evaluation.judged import JudgedQuery
from townsfolk.retrieval.evaluation.naive import CANDIDATES, NaiveHybrid
from townsfolk.retrieval.fusion import Leg
from townsfolk.retrieval.index import LoreIndex
from townsfolk.retrieval.queries import cleaned
from townsfolk.retrieval.stores.interface import DENSE, LEXICAL
from townsfolk.retrieval.vectors import Progress, vectors_for
from townsfolk.town.retrieval_config import Fusion
from townsfolk.town.town import Town

NAIVE = "naive hybrid"
OURS = "ours"


@dataclass(frozen=True, slots=True)
class Ranking:
    """What a way found for a query."""

    entries: tuple[str, ...]
    """Distinct lore entries, best first."""
    best: float
    """The score of the best; minus infinity where nothing is found."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way of searching, by its name."""

    name: str
    rank: Callable[[JudgedQuery], Ranking]


@contextmanager
def ways_of(
    town: Town, fusions: Sequence[Fusion], k: int, progress: Progress
) -> Iterator[tuple[list[Way], list[str]]]:
    """The ways that a town can be searched in, and what is not as it was asked for.

    Raises:
        StoreError: the store cannot be opened.
        ModelSetupError: a reranker or judge that the town asks for cannot be used.
    """
    built = build(town, town.config.retrieval, progress)
    with ExitStack() as opened:
        opened.callback(built.store.close)
        ways = [*_halves(town, built, k, opened), *_ours(town, built, fusions, k)]
        yield ways, list(built.warnings)


def _halves(town: Town, built: Built, k: int, opened: ExitStack) -> Iterator[Way]:
    """Each half alone, with and without what we do to it, and the naive hybrid."""
    index, first_language = LoreIndex(town, built=built), town.config.languages[0]
    vectors: dict[str, Vectors] = {}
    rows = None
    if built.embedder is not None:
        rows = vectors_for(town.root, built.chunks, built.embedder, lambda done, total: None)
    naive = NaiveHybrid(built.chunks, rows)
    opened.callback(naive.close)

    def only(query: JudgedQuery) -> Allowed:
        return index.allowed(query.npc, (), query.searched)

    def vector(query: JudgedQuery) -> Vectors:
        assert built.embedder is not None
        if query.id not in vectors:
            vectors[query.id] = built.embedder.query(cleaned(query.text))
        return vectors[query.id]

    def centred(query: JudgedQuery) -> Vectors:
        assert built.means is not None
        spoken = detect_language(cleaned(query.text)) or first_language
        return built.means.centred_query(vector(query), spoken)

    def morphemes(query: JudgedQuery) -> Leg:
        terms = built.bm25.query(cleaned(query.text))
        if not terms:
            return []
        return built.store.search({LEXICAL: terms}, only(query), CANDIDATES)[LEXICAL]

    def way(name: str, search: Callable[[JudgedQuery], Leg]) -> Way:
        return Way(name, lambda query: _of_leg(search(query), built, k))

    yield way("BM25, usual tokens", lambda q: naive.by_words(cleaned(q.text), only(q)))
    yield way("BM25, morphemes", morphemes)
    if rows is None:
        return
    yield way("dense", lambda q: naive.by_meaning(vector(q), only(q)))
    if built.means is not None:
        yield way(
            "dense, centred",
            lambda q: built.store.search({DENSE: centred(q)}, only(q), CANDIDATES)[DENSE],
        )
    yield way(NAIVE, lambda q: naive.search(cleaned(q.text), vector(q), only(q)))


def _ours(town: Town, built: Built, fusions: Sequence[Fusion], k: int) -> Iterator[Way]:
    """Our search by each fusion, without expansion, and with the models that the town asks for."""
    asked = town.config.retrieval
    plain = asked.model_copy(update={"rewrite": False, "rerank": "none", "expansion": True})
    chosen = list(dict.fromkeys(fusions)) or [asked.fusion]

    def way(name: str, **changed: Any) -> Way:
        index = LoreIndex(town, config=plain.model_copy(update=changed), built=built)
        return _index_way(name, index, k)

    for fusion in chosen:
        yield way(OURS if len(chosen) == 1 else f"{OURS}, {fusion}", fusion=fusion)
    first = chosen[0]
    yield way(f"{OURS}, no expansion", fusion=first, expansion=False)
    if asked.rewrite:
        yield way(f"{OURS}, rewritten", fusion=first, rewrite=True)
    if asked.rerank.strip() != "none":
        yield way(f"{OURS}, reranked", fusion=first, rerank=asked.rerank)


def _index_way(name: str, index: LoreIndex, k: int) -> Way:

    def rank(query: JudgedQuery) -> Ranking:
        hits = index.search(query.text, query.npc, k, language=query.searched)
        best = hits[0].score if hits else float("-inf")
        return Ranking(tuple(hit.entry.id for hit in hits), best)

    return Way(name, rank)


def _of_leg(leg: Leg, built: Built, k: int) -> Ranking:
    entries = dict.fromkeys(built.chunks[point].entry.id for point, _ in leg)
    return Ranking(tuple(entries)[:k], leg[0][1] if leg else float("-inf"))
