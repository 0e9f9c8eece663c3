"""Sparse vectors for BM25; Qdrant multiplies in the inverse document frequency."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from statistics import fmean
from typing import Any

from townsfolk.language.content import english_stopwords
from townsfolk.language.name_finder import NameFinder
from townsfolk.language.tokens import kept_whole, korean_to_tokens
from townsfolk.retrieval.chunks import Chunk
from townsfolk.retrieval.stores.interface import Terms


class Bm25:
    """fastembed's BM25 with English stems, over Korean morphemes.

    Korean is cut into morphemes first, for its tokenizer splits at spaces only and would tell
    대장간은 from 대장간에서. Each language has its own mean length.
    """

    def __init__(self, names: Sequence[str]) -> None:
        """`names`: the town's own, kept whole in Korean."""
        korean = (name for name in names if any("가" <= letter <= "힣" for letter in name))
        self._names = NameFinder(korean)
        self._model = bm25_model()

    def passages(self, chunks: Sequence[Chunk], words: Sequence[str]) -> list[Terms]:
        """The terms of chunks, whose words are cut already."""
        texts = [
            " ".join([*kept_whole(chunk.text, self._names), cut])
            for chunk, cut in zip(chunks, words, strict=True)
        ]
        lengths: dict[str, list[int]] = {}
        for chunk, text in zip(chunks, texts, strict=True):
            lengths.setdefault(chunk.language, []).append(len(text.split()))
        means = {language: fmean(found) for language, found in lengths.items()}
        passages = []
        for chunk, text in zip(chunks, texts, strict=True):
            self._model.avg_len = means[chunk.language]
            passages.append(terms_of(next(iter(self._model.embed([text])))))
        return passages

    def query(self, text: str, context: Sequence[str] = (), weight: float = 0.0) -> Terms:
        """The terms of a question; those of its context count only so much."""
        terms = self._query(text)
        if not context or not weight:
            return terms
        values = dict(zip(terms.indices, terms.values, strict=True))
        around = self._query(" ".join(context))
        for index, value in zip(around.indices, around.values, strict=True):
            values.setdefault(index, weight * value)
        return Terms(list(values), list(values.values()))

    def _query(self, text: str) -> Terms:
        return terms_of(next(iter(self._model.query_embed(korean_to_tokens(text, self._names)))))


def bm25_model() -> Any:
    """fastembed's BM25 with English stems, without a look at the network."""
    from fastembed.sparse.bm25 import Bm25 as FastembedBm25

    # A model path stops fastembed from asking a hub for its stopword lists, which then are
    # silently empty; so they are given.
    return FastembedBm25(
        "Qdrant/bm25",
        language="english",
        specific_model_path=str(files("townsfolk.retrieval")),
        stopwords=set(english_stopwords()),
    )


def terms_of(embedding: Any) -> Terms:
    """What fastembed gives for a text, as our terms."""
    return Terms(embedding.indices.tolist(), embedding.values.tolist())
