"""The lore of a question's prompt, as a search that finds it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from townsfolk.retrieval.hits import Hit, Hits
from townsfolk.retrieval.index import LoreIndex
from townsfolk.town.lore import LoreEntry


class GivenLore(LoreIndex):
    """Finds what a prompt was given, whatever is looked for: the turn then judges a reply by what
    its model was told, and not by what the search would have found."""

    def __init__(self, index: LoreIndex, given: Sequence[LoreEntry], language: str) -> None:
        self.built = index.built
        self._given = Hits([Hit(self._chunk(entry, language), 1.0) for entry in given])

    def _chunk(self, entry: LoreEntry, language: str) -> Any:
        of_entry = [chunk for chunk in self.built.chunks if chunk.entry.id == entry.id]
        spoken = [chunk for chunk in of_entry if chunk.language == language] or of_entry
        return replace(spoken[0], entry=entry)

    def search(self, *asked: Any, **how: Any) -> Hits:
        """The entries of the prompt, in their order."""
        return self._given

    def by_chance(self, hit: Hit, language: str) -> bool:
        """Never: it was given."""
        return False
