"""The naive hybrid: what most would build, to compare with.

Dense vectors as the model gives them, BM25 with fastembed's usual tokens, both in Qdrant's client
in memory, and one order out of the two by Qdrant's own reciprocal rank fusion, whose k is 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from townsfolk.retrieval.allowed import Allowed, conditions, payload
from townsfolk.retrieval.bm25 import bm25_model, terms_of
from townsfolk.retrieval.chunks import Chunk
from townsfolk.retrieval.embedding.interface import Vectors
from townsfolk.retrieval.fusion import Leg
from townsfolk.retrieval.stores.interface import DENSE, LEXICAL, Contents, Terms
from townsfolk.retrieval.stores.qdrant import IN_MEMORY, QdrantStore

CANDIDATES = 50
"""How many chunks each half hands on."""


class NaiveHybrid:
    """Finds chunks by number; with the same filter as ours."""

    def __init__(self, chunks: Sequence[Chunk], rows: Vectors | None) -> None:
        """`rows` are the vectors of the chunks as the model gave them; None for BM25 alone."""
        from qdrant_client import QdrantClient

        self._bm25 = bm25_model()
        sparse = [terms_of(found) for found in self._bm25.embed([chunk.text for chunk in chunks])]
        contents = Contents("naive", {LEXICAL: sparse}, rows, [payload(chunk) for chunk in chunks])
        self._client: Any = QdrantClient(":memory:")
        self._store = QdrantStore(self._client, contents, "naive", IN_MEMORY)
        self._collection = self._client.get_collections().collections[0].name

    def by_words(self, text: str, only: Allowed) -> Leg:
        """The best chunks by BM25 alone."""
        terms = self._terms_of(text)
        return self._store.search({LEXICAL: terms}, only, CANDIDATES)[LEXICAL] if terms else []

    def by_meaning(self, vector: Vectors, only: Allowed) -> Leg:
        """The best chunks by cosine alone."""
        return self._store.search({DENSE: vector}, only, CANDIDATES)[DENSE]

    def search(self, text: str, vector: Vectors, only: Allowed) -> Leg:
        """The best chunks by both, in one hybrid query."""
        from qdrant_client import models

        told = conditions(only, models, models.Range)
        terms = self._terms_of(text)
        if not terms:
            return self.by_meaning(vector, only)
        sparse = models.SparseVector(indices=terms.indices, values=terms.values)
        found = self._client.query_points(
            self._collection,
            prefetch=[
                models.Prefetch(query=vector.tolist(), using=DENSE, filter=told, limit=CANDIDATES),
                models.Prefetch(query=sparse, using=LEXICAL, filter=told, limit=CANDIDATES),
            ],
            query=models.FusionQuery(fusion=models.Fusion.RRF),
            limit=CANDIDATES,
        )
        return [(int(point.id), float(point.score)) for point in found.points]

    def close(self) -> None:
        """Let go of what it holds."""
        self._store.close()

    def _terms_of(self, text: str) -> Terms:
        return terms_of(next(iter(self._bm25.query_embed(text))))
