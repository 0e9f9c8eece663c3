"""Lore: what the world knows, and who may know it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from townsfolk.town.catalogue import ALL
from townsfolk.town.texts import Text, Texts

EVERYONE: frozenset[str] = frozenset({ALL})


@dataclass(frozen=True, slots=True)
class LoreEntry:
    """One entry of `knowledge/`, in each language it is written in."""

    id: str
    category: str
    title: Text
    body: dict[str, str]
    """The readable text by language."""
    audience: frozenset[str]
    """Agent ids, or `EVERYONE`."""
    confidential: bool = False
    """Not to be told: given to an NPC only where everybody who hears it may know it too."""
    hidden_from: frozenset[str] = frozenset()
    """Before whom it is not said: whoever it is about. Anybody else may hear it."""
    importance: float = 0.5
    aliases: Texts | None = None
    key_facts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What a line that conveys this entry must contain, by language."""
    sources: dict[str, str] = field(default_factory=dict)
    """`file:line` by language."""
    path: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The titles of the headings above it, outermost first, by language; without its own title."""
    valid_from: int | None = None
    valid_to: int | None = None
    """Story time between which it is true, as `StoryTime.order`."""

    def known_to(self, agent_id: str) -> bool:
        """Whether an NPC may know it."""
        return self.audience == EVERYONE or agent_id in self.audience

    def tellable_to(self, everybody: Collection[str]) -> bool:
        """Whether it may be said before these characters, the speaker among them."""
        if not self.hidden_from.isdisjoint(everybody):
            return False
        return not self.confidential or self.audience.issuperset(everybody)

    def true_at(self, order: int) -> bool:
        """Whether it is true at a story time."""
        return (self.valid_from is None or self.valid_from <= order) and (
            self.valid_to is None or order <= self.valid_to
        )

    def text(self, language: str) -> str:
        """The text in a language, or in whichever it has."""
        return self.body.get(language) or next(iter(self.body.values()))

    def names(self, language: str | None = None) -> list[str]:
        """The title and the other names it goes by, in one language or in all."""
        if language is None:
            return self.title.variants + (self.aliases.variants if self.aliases else [])
        return [self.title.get(language), *(self.aliases.get(language) if self.aliases else [])]
