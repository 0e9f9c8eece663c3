"""Hybrid search over the lore of a town, with the audience in the query."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from townsfolk.language.detect import detect_language
from townsfolk.retrieval.allowed import Allowed, allowed
from townsfolk.retrieval.build import Built, build
from townsfolk.retrieval.chunks import Chunk
from townsfolk.retrieval.embedding.interface import EmbeddingError, Vectors
from townsfolk.retrieval.fusion import Leg, dense_share, fuse
from townsfolk.retrieval.hits import SEARCH, Hit, Hits, Stage
from townsfolk.retrieval.queries import cleaned
from townsfolk.retrieval.refining import Refiner
from townsfolk.retrieval.sounds import sounds_of_query
from townsfolk.retrieval.stores.interface import DENSE, LEXICAL, SOUNDS, StoreError, Terms
from townsfolk.retrieval.vectors import Progress
from townsfolk.town.catalogue import ALL
from townsfolk.town.retrieval_config import RetrievalConfig
from townsfolk.town.telemetry import forbid_telemetry
from townsfolk.town.town import Town

_CONTEXT_WEIGHT = 0.3
"""What a word of the context counts beside a word of the query."""
_REMEMBERED = 2048
"""Queries whose vectors are kept: 3 MB."""
_IMPORTANCE = 0.02
"""By how much of a score the most important entry lies above the least: about two ranks."""


class LoreIndex:
    """The index of a town's lore."""

    def __init__(
        self,
        town: Town,
        progress: Progress = lambda done, total: None,
        config: RetrievalConfig | None = None,
        built: Built | None = None,
    ) -> None:
        """Open the index; chunks without a kept vector are embedded, which takes time.

        What was built before of the same town may be searched in another way.

        Raises:
            StoreError: the store cannot be opened.
            ModelSetupError: a reranker or judge that the town asks for cannot be used.
        """
        forbid_telemetry()
        self._config = config or town.config.retrieval
        self._refiner = Refiner(town, self._config)
        self.built: Built = built or build(town, self._config, progress)
        self._insiders = frozenset(town.agents) | {
            who for entry in town.lore.values() for who in entry.audience if who != ALL
        }
        dated = any(e.valid_from or e.valid_to for e in town.lore.values())
        story_time = town.config.story_time
        self._now = story_time.order if dated and story_time else None
        self._first_language = town.config.languages[0]
        embedder = self.built.embedder
        # In a batch many players say the same.
        self._vector = lru_cache(_REMEMBERED)(embedder.query) if embedder else None
        # One model, and a local store that is not made for several threads.
        self._one_at_a_time = threading.Lock()

    @property
    def chunks(self) -> Sequence[Chunk]:
        """What is indexed."""
        return self.built.chunks

    @property
    def warnings(self) -> Sequence[str]:
        """What is not as it was asked for, and what is done instead."""
        return self.built.warnings

    @property
    def embedding(self) -> str:
        """The name of the embedding model; `none` where the search is BM25 alone."""
        return self.built.embedder.name if self.built.embedder else "none"

    @property
    def store(self) -> str:
        """Where it is searched: `memory`, `edge` or a server's address."""
        return self.built.store.name

    @property
    def fusion(self) -> str:
        """How the orders become one: as configured, or by the languages of the lore."""
        if self._config.fusion != "auto":
            return self._config.fusion
        return "language_aware" if self.built.several_languages else "weighted"

    def search(
        self,
        query: str,
        npc: str | None = None,
        k: int = 4,
        *,
        language: str | None = None,
        hearers: Iterable[str] = (),
        context: Sequence[str] = (),
        spoken: str | None = None,
    ) -> Hits:
        """The entries that fit a query best, best first, of those that this NPC may know.

        Confidential ones are left out unless every hearer may know them too; for nobody in
        particular (`npc` is None) only what all may know is found. `language` limits the lore to
        what a scene in it sees; None finds lore of any language, an entry once in each. `context`
        (the place, the last lines) weighs little beside the query. `spoken` is the language of
        the query, where its letters tell nothing.

        A store that does not answer is no end: nothing is found then, and `Hits.problem` says why.
        """
        query = cleaned(query)
        if not query or not self.chunks or k < 1:
            return Hits()
        stages: list[Stage] = []
        query = self._refiner.reworded(query, context, stages)
        spoken = detect_language(query) or spoken or self._first_language
        with self._one_at_a_time:
            queries = self._queries(query, spoken, language, context, stages)
            started = time.perf_counter()
            may_find = self.allowed(npc, hearers, language)
            limit = max(self._config.candidates, 2 * k)
            legs: Mapping[str, Leg] = {}
            problem = ""
            try:
                legs = self.built.store.search(queries, may_find, limit) if queries else {}
            except StoreError as error:
                problem = str(error)
            stages.append(_stage(SEARCH, self.built.store.name, started, problem))
        started = time.perf_counter()
        hits = _one_for_each_entry(self._fused(spoken, legs), language)
        stages.append(_stage("fusion", self.fusion, started))
        return Hits(self._refiner.reordered(query, hits, stages)[:k], stages)

    async def asearch(
        self,
        query: str,
        npc: str | None = None,
        k: int = 4,
        *,
        language: str | None = None,
        hearers: Iterable[str] = (),
        context: Sequence[str] = (),
        spoken: str | None = None,
    ) -> Hits:
        """As `search`, beside the event loop."""
        return await asyncio.to_thread(
            self.search,
            query,
            npc,
            k,
            language=language,
            hearers=tuple(hearers),
            context=context,
            spoken=spoken,
        )

    def allowed(self, npc: str | None, hearers: Iterable[str], language: str | None) -> Allowed:
        """What a search for these may find."""
        return allowed(npc, hearers, language, self._now, self._insiders)

    def by_chance(self, hit: Hit, language: str) -> bool:
        """Whether a hit is no nearer than what most everyday questions find: it is most often about
        something else. Never where the search has no embedding model."""
        nearest = self.built.by_chance.get(language)
        return nearest is not None and hit.stages.get(DENSE, -1.0) < nearest

    def close(self) -> None:
        """Let go of the store."""
        self.built.store.close()

    def _queries(
        self,
        query: str,
        spoken: str,
        language: str | None,
        context: Sequence[str],
        stages: list[Stage],
    ) -> dict[str, Vectors | Terms]:
        """The query for each vector that has something to look for."""
        others = self.built.names.others(query) if self._config.expansion else []
        terms = self.built.bm25.query(
            " ".join([query, *others]), [cleaned(line) for line in context], _CONTEXT_WEIGHT
        )
        queries: dict[str, Vectors | Terms] = {LEXICAL: terms} if len(terms) else {}
        vector = self._embedded(query, spoken, stages)
        if vector is not None:
            queries[DENSE] = vector
        unmixed = spoken == language and language in self.built.unmixed
        if self.built.several_languages and not unmixed:
            sounds = sounds_of_query(query, spoken)
            queries |= {SOUNDS: sounds} if len(sounds) else {}
        return queries

    def _embedded(self, query: str, spoken: str, stages: list[Stage]) -> Vectors | None:
        """The query's vector; None where there is no model, or it failed this time."""
        embedder, means = self.built.embedder, self.built.means
        if embedder is None or self._vector is None:
            return None
        started = time.perf_counter()
        try:
            vector = self._vector(query)
        except EmbeddingError as error:
            stages.append(_stage("embedding", embedder.name, started, str(error)))
            return None
        stages.append(_stage("embedding", embedder.name, started))
        return vector if means is None else means.centred_query(vector, spoken)

    def _fused(self, spoken: str, legs: Mapping[str, Leg]) -> list[Hit]:
        """What was found in any way, best first; importance decides between near equals."""
        dense, lexical, sounds = (legs.get(name, ()) for name in (DENSE, LEXICAL, SOUNDS))
        fused = fuse(
            self.fusion,
            dense,
            lexical,
            sounds,
            lambda point: dense_share(spoken, self.chunks[point].language),
        )
        found = {name: dict(leg) for name, leg in legs.items()}
        hits = []
        for point, score in fused.items():
            chunk = self.chunks[point]
            by_stage = {name: leg[point] for name, leg in found.items() if point in leg}
            weighed = score * (1 + _IMPORTANCE * (chunk.entry.importance - 0.5))
            hits.append(Hit(chunk, weighed, {**by_stage, "fusion": score}))
        return sorted(hits, key=lambda hit: (-hit.score, hit.chunk.id))


def _one_for_each_entry(hits: Iterable[Hit], language: str | None) -> list[Hit]:
    """The best chunk of each entry; of each language too, where any language is asked for."""
    best: dict[tuple[str, str], Hit] = {}
    for hit in hits:
        best.setdefault((hit.entry.id, language or hit.language), hit)
    return list(best.values())


def _stage(name: str, choice: str, started: float, problem: str = "") -> Stage:
    return Stage(name, choice, 1000 * (time.perf_counter() - started), problem)
