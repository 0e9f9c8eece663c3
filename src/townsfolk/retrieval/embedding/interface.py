"""What every embedding model gives."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class EmbeddingError(Exception):
    """An embedding model that cannot be opened, or does not answer."""


class Embedder(Protocol):
    """Turns texts into unit vectors of `size` dimensions."""

    name: str
    size: int

    def passages(self, texts: list[str]) -> Vectors:
        """One row for each text to be found; raises EmbeddingError."""
        ...

    def query(self, text: str) -> Vectors:
        """The vector of a question; raises EmbeddingError."""
        ...


def unit(rows: Vectors) -> Vectors:
    """Vectors of length one; those of no length stay as they are."""
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1), dtype=np.float32)


def prefixes(model: str) -> tuple[str, str]:
    """What a model wants before a passage and before a query, by the family it belongs to.

    From the model cards of E5 (Wang et al., 2022) and Nomic Embed (Nussbaum et al., 2024).
    """
    name = model.lower()
    if "e5" in name.replace("-", " ").replace("/", " ").split():
        return "passage: ", "query: "
    if "nomic-embed" in name:
        return "search_document: ", "search_query: "
    return "", ""
