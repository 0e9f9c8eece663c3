"""Query expansion from the lore itself: the other names of what a query names.

A lore entry's title and aliases in all its languages are one thing's names, so a query that has
one of them looks for the others too: East Gate, 동문.
"""

from __future__ import annotations

from collections.abc import Iterable

from townsfolk.language.name_finder import NameFinder
from townsfolk.town.lore import LoreEntry

_SHORTEST = 2
"""Letters of a name; shorter ones stand in too many words."""
_MOST = 6
"""Names that are added; a query that names more says enough."""


class Names:
    """The names of everything in a town's lore."""

    def __init__(self, entries: Iterable[LoreEntry]) -> None:
        self._groups: dict[str, tuple[str, ...]] = {}
        for entry in entries:
            names = tuple(dict.fromkeys(n for n in entry.names() if len(n.strip()) >= _SHORTEST))
            for name in names:
                known = self._groups.get(name.lower(), ())
                self._groups[name.lower()] = tuple(dict.fromkeys([*known, *names]))
        self._finder = NameFinder(self.all)

    @property
    def all(self) -> list[str]:
        """Every name."""
        return list(dict.fromkeys(name for names in self._groups.values() for name in names))

    def others(self, query: str) -> list[str]:
        """The other names of what a query names, those of the longest names first."""
        named = sorted(self._finder.in_text(query), key=len, reverse=True)
        found = [
            other
            for name in named
            for other in self._groups[name.lower()]
            if other.lower() not in query.lower()
        ]
        return list(dict.fromkeys(found))[:_MOST]
