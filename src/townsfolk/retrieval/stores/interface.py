"""What every store of vectors gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from townsfolk.retrieval.allowed import Allowed
from townsfolk.retrieval.embedding.interface import Vectors
from townsfolk.retrieval.fusion import Leg
from townsfolk.town.errors import TownsfolkError

DENSE = "dense"
LEXICAL = "bm25"
SOUNDS = "sounds"
SPARSE = (LEXICAL, SOUNDS)


class StoreError(TownsfolkError):
    """A store that cannot be opened, or does not answer; says what to do."""


@dataclass(frozen=True, slots=True)
class Terms:
    """A sparse vector: the terms of a text, by number, and their weights."""

    indices: list[int]
    values: list[float]

    def __len__(self) -> int:
        return len(self.indices)


@dataclass(frozen=True, slots=True)
class Contents:
    """All that an index holds; point n belongs to chunk n."""

    key: str
    """Changes with anything that is in it."""
    sparse: Mapping[str, Sequence[Terms]]
    """Of each sparse vector by name, the terms of each chunk."""
    dense: Vectors | None
    payloads: Sequence[dict[str, Any]]


class Store(Protocol):
    """Searches by each vector; the filter is part of each query."""

    name: str

    def search(
        self, queries: Mapping[str, Vectors | Terms], allowed: Allowed, limit: int
    ) -> dict[str, Leg]:
        """For each vector by name the best points with their scores; raises StoreError."""
        ...

    def close(self) -> None:
        """Let go of what it holds."""
        ...
