"""What a line must contain to convey a lore entry."""

from __future__ import annotations

from collections.abc import Iterable

from townsfolk.language.names import mentions
from townsfolk.language.numbers import numbers_in
from townsfolk.language.sentences import words
from townsfolk.town.lore import LoreEntry

_PASSING = {"the", "a", "an", "of", "in", "at", "to", "and"}


def required_facts(entries: Iterable[LoreEntry], language: str) -> list[str]:
    """The key facts of entries, as they are written in a language."""
    return [fact for entry in entries for fact in entry.key_facts.get(language, ())]


def missing_facts(text: str, entries: Iterable[LoreEntry], language: str) -> list[str]:
    """The key facts that a line does not state."""
    return [
        fact
        for entry in entries
        for fact in entry.key_facts.get(language, ())
        if not states(text, fact, entry, language)
    ]


def states(text: str, fact: str, entry: LoreEntry, language: str) -> bool:
    """Whether a line states a key fact.

    A name counts under any name of its entry. A fact with a number needs that number, in digits or
    words; what else is in it (a currency, a counter) may be worded otherwise. Any other fact needs
    all of its content words.
    """
    if fact == entry.title.get(language):
        return any(mentions(text, name) for name in entry.names(language))
    numbers = numbers_in(fact)
    if numbers:
        return numbers <= numbers_in(text)
    if language == "ko":
        return mentions(text, fact)
    spoken = set(words(text))
    return all(word in spoken for word in words(fact) if word not in _PASSING)
