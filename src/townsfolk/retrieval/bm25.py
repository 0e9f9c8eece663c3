"""Sparse vectors for BM25; Qdrant multiplies in the inverse document frequency."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from townsfolk.language.content import english_stopwords
from townsfolk.language.tokens import korean_to_tokens

_AVERAGE_LENGTH = 48
"""Tokens of a usual lore passage, without stopwords."""


class Bm25:
    """fastembed's BM25 with English stems, over Korean morphemes."""

    def __init__(self, names: Sequence[str]) -> None:
        """`names`: the town's own names, kept whole in Korean."""
        from fastembed.sparse.bm25 import Bm25 as FastembedBm25

        self._names = [name for name in names if any("가" <= letter <= "힣" for letter in name)]
        # A model path stops fastembed from asking a hub for its stopword lists, which then are
        # silently empty; so they are given.
        self._model: Any = FastembedBm25(
            "Qdrant/bm25",
            language="english",
            specific_model_path=str(files("townsfolk.retrieval")),
            stopwords=set(english_stopwords()),
            avg_len=_AVERAGE_LENGTH,
        )

    def passages(self, texts: Sequence[str]) -> list[Any]:
        """A sparse vector (indices, values) for each text to be found."""
        return list(self._model.embed([korean_to_tokens(text, self._names) for text in texts]))

    def query(self, text: str) -> Any:
        """The sparse vector of a question."""
        return next(iter(self._model.query_embed(korean_to_tokens(text, self._names))))
