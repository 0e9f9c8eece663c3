"""What a search gives: the hits, and what each stage made of them and took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from townsfolk.retrieval.chunks import Chunk
from townsfolk.town.lore import LoreEntry

SEARCH = "search"
"""The stage without which nothing is found."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk that was found."""

    chunk: Chunk
    score: float
    """By the last stage; compares within one search only."""
    stages: dict[str, float] = field(default_factory=dict)
    """The score of each stage that found it: `dense` (cosine), `bm25`, `fusion`, `rerank`."""

    @property
    def entry(self) -> LoreEntry:
        """The lore entry; of a long one, the part that was found."""
        return self.chunk.entry

    @property
    def language(self) -> str:
        """The language of the chunk."""
        return self.chunk.language

    @property
    def source(self) -> str:
        """Its file, with the line where the file holds more than one entry."""
        return self.chunk.source

    @property
    def text(self) -> str:
        """The entry's text, without the titles above it."""
        return self.entry.text(self.language)


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of a search: what did it, and how long it took."""

    name: str
    choice: str
    milliseconds: float
    problem: str = ""
    """Why it was left out, where it failed."""


class Hits(list[Hit]):
    """The hits of a search, best first, with its stages."""

    def __init__(self, hits: Sequence[Hit] = (), stages: Sequence[Stage] = ()) -> None:
        super().__init__(hits)
        self.stages = tuple(stages)

    @property
    def problem(self) -> str:
        """Why nothing could be searched, where the store did not answer; else empty."""
        return next((stage.problem for stage in self.stages if stage.name == SEARCH), "")
