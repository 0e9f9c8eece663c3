"""Reranking: a second, closer look at what the hybrid search found."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, Protocol


class RerankError(Exception):
    """A reranking failed; the search records it and keeps the order it had."""


class Reranker(Protocol):
    """Scores texts by how well they answer a query."""

    @property
    def name(self) -> str:
        """What it is called on results: `cross-encoder:BAAI/bge-reranker-v2-m3`."""
        ...

    def rerank(self, query: str, texts: Sequence[str]) -> list[float]:
        """A score for each text, higher is better; scores of two queries are not comparable.

        Raises:
            RerankError: there are no such scores this time, and why.
        """
        ...


def checked_scores(scores: Iterable[Any], texts: Sequence[str]) -> list[float]:
    """The scores, when there is a finite one for each text; with others nothing can be sorted.

    Raises:
        RerankError: there are too few or too many, or one is no number.
    """
    numbers = [float(score) for score in scores]
    if len(numbers) != len(texts):
        raise RerankError(f"{len(numbers)} scores came for {len(texts)} passages")
    if not all(math.isfinite(number) for number in numbers):
        raise RerankError("a score is no finite number")
    return numbers
