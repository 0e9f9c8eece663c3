"""From lore to what is searched: chunks, their vectors, and the store that holds them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property

from townsfolk.retrieval.allowed import payload
from townsfolk.retrieval.bm25 import Bm25
from townsfolk.retrieval.centring import LanguageMeans, language_means
from townsfolk.retrieval.chance import everyday_vectors, nearest_by_chance
from townsfolk.retrieval.chunks import Chunk, chunks_of
from townsfolk.retrieval.embedding.interface import Embedder, EmbeddingError, Vectors
from townsfolk.retrieval.embedding.opening import open_embedder
from townsfolk.retrieval.expansion import Names
from townsfolk.retrieval.keeping import kept_folder
from townsfolk.retrieval.sounds import sounds_of_passage
from townsfolk.retrieval.stores.interface import LEXICAL, SOUNDS, Contents, Store, Terms
from townsfolk.retrieval.stores.opening import open_store
from townsfolk.retrieval.vectors import Progress, vectors_for
from townsfolk.retrieval.words import words_for
from townsfolk.town.retrieval_config import RetrievalConfig
from townsfolk.town.town import Town

_FORM = "1"
"""Changes where what is stored of a chunk changes."""


@dataclass
class Built:
    """An index, ready to be searched."""

    chunks: list[Chunk]
    names: Names
    bm25: Bm25
    embedder: Embedder | None
    means: LanguageMeans | None
    store: Store
    by_chance: dict[str, float] = field(default_factory=dict)
    """By language how near a hit comes by chance (cosine); none without an embedding model."""
    warnings: list[str] = field(default_factory=list)
    """What is not as it was asked for, and what is done instead."""

    @cached_property
    def several_languages(self) -> bool:
        """Whether there is lore in more than one language."""
        return _several(self.chunks)

    @cached_property
    def unmixed(self) -> frozenset[str]:
        """The languages in which a scene sees lore of that language alone."""
        mixed = {
            language
            for chunk in self.chunks
            for language in chunk.serves
            if language != chunk.language
        }
        return frozenset(chunk.language for chunk in self.chunks) - mixed


def build(town: Town, config: RetrievalConfig, progress: Progress) -> Built:
    """The index of a town; chunks without a kept vector are embedded, which takes time.

    Raises:
        StoreError: the store cannot be opened, and what to do.
    """
    warnings: list[str] = []
    chunks = chunks_of(town.lore, town.config.languages)
    names = Names(town.lore.values())
    protected = [*names.all, *town.config.protected_names]
    bm25 = Bm25(protected)
    embedder, means, rows = None, None, None
    by_chance: dict[str, float] = {}
    try:
        embedder = open_embedder(config.embedding, config.allow_downloads)
        if embedder is not None and chunks:
            rows = vectors_for(town.root, chunks, embedder, progress)
            if _several(chunks):
                means = language_means(embedder, kept_folder(town.root))
                rows = means.centred_passages(rows, [chunk.language for chunk in chunks])
            questions = everyday_vectors(embedder, kept_folder(town.root))
            by_chance = nearest_by_chance(questions, chunks, rows, means)
    except EmbeddingError as error:
        embedder, rows = None, None
        warnings.append(f"{error}; lore is found by its words alone (BM25)")
    model = embedder.name if embedder else "none"
    lexical = bm25.passages(chunks, words_for(town.root, chunks))
    contents = _contents(chunks, lexical, rows, model)
    store = open_store(config.store, town.root, contents)
    return Built(chunks, names, bm25, embedder, means, store, by_chance, warnings)


def _contents(
    chunks: list[Chunk], lexical: list[Terms], rows: Vectors | None, model: str
) -> Contents:
    payloads = [payload(chunk) for chunk in chunks]
    told = [_FORM, model]
    for chunk, filtered in zip(chunks, payloads, strict=True):
        told.append(f"{chunk.content_hash} {json.dumps(filtered)}")
    sparse = {LEXICAL: lexical}
    if _several(chunks):
        sparse[SOUNDS] = [sounds_of_passage(chunk.text, chunk.language) for chunk in chunks]
    # The terms change with names, stopwords and the analyser too, which no text tells of.
    for name, passages in sparse.items():
        told.append(name)
        told.extend(f"{terms.indices} {terms.values}" for terms in passages)
    key = hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]
    return Contents(key, sparse, rows, payloads)


def _several(chunks: list[Chunk]) -> bool:
    return len({chunk.language for chunk in chunks}) > 1
