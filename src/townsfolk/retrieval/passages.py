"""What is indexed: one passage for each lore entry and language."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from townsfolk.town.lore import LoreEntry


@dataclass(frozen=True, slots=True)
class Passage:
    """A text to be found, and what filters look at."""

    entry: LoreEntry
    language: str
    text: str
    serves: tuple[str, ...]
    """The languages in which a scene sees this passage: its own, and those the entry lacks."""

    @property
    def content_hash(self) -> str:
        """Tells whether a cached vector still fits."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:32]


def passages(lore: Mapping[str, LoreEntry], languages: list[str]) -> Iterator[Passage]:
    """The passages of a town's lore, in a stable order."""
    for entry in lore.values():
        missing = [language for language in languages if language not in entry.body]
        for position, (language, body) in enumerate(entry.body.items()):
            serves = (language, *missing) if position == 0 else (language,)
            title = entry.title.get(language)
            text = body if title in body else f"{title}: {body}"
            yield Passage(entry, language, text, serves)
