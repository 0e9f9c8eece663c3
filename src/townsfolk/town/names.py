"""The names that stand in a town's files, those of entries that cannot be read too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from townsfolk.town.beats import PLAYER
from townsfolk.town.errors import nearest
from townsfolk.town.texts import Language


@dataclass(slots=True)
class Named:
    """The names of one kind. One mistake in an entry does not make its name unknown."""

    ids: set[str] = field(default_factory=set)
    complete: bool = True
    """False while a file of them cannot be read: any name may then be right."""

    def __contains__(self, name: object) -> bool:
        return name in self.ids or not self.complete

    def __iter__(self) -> Iterator[str]:
        return iter(self.ids)

    def meant(self, names: Iterable[str]) -> set[str]:
        """Names as they are meant: a misspelt one, which is reported elsewhere, is put right."""
        return {name if name in self else nearest(name, self) or name for name in names}


@dataclass(slots=True)
class Names:
    """The names of each kind, and the languages that texts have to be written in."""

    agents: Named = field(default_factory=Named)
    factions: Named = field(default_factory=Named)
    beats: Named = field(default_factory=Named)
    scenes: Named = field(default_factory=Named)
    actions: Named = field(default_factory=Named)
    flags: Named = field(default_factory=Named)
    items: Named = field(default_factory=Named)
    quests: Named = field(default_factory=Named)
    lore: Named = field(default_factory=Named)
    languages: tuple[Language, ...] = ()
    """None while `town.yaml` cannot be read."""

    @property
    def characters(self) -> Named:
        """The agents and the player."""
        return Named({PLAYER, *self.agents}, self.agents.complete)
