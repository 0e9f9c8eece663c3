"""Which lore a line rests on: found by the code, never named by the model."""

from __future__ import annotations

from collections.abc import Iterable

from townsfolk.language.names import mentions
from townsfolk.language.numbers import numbers_in
from townsfolk.language.sentences import words
from townsfolk.town.lore import LoreEntry
from townsfolk.town.town import Town
from townsfolk.turns.key_facts import missing_facts
from townsfolk.turns.known import sayable
from townsfolk.turns.part import Part
from townsfolk.turns.situation import Situation

_SHARED_WORDS = 4


def citations(
    town: Town, part: Part, given: Iterable[LoreEntry], situation: Situation, speech: str
) -> list[str]:
    """The ids of the entries whose facts the line states, those given to it first."""
    language = situation.language
    entries = list(given)
    entries += [
        entry
        for entry in sayable(town, part.agent.id, situation.present)
        if (entry.id in town.items or entry.id in town.quests)
        and _named(speech, entry, language)
        and entry not in entries
    ]
    found = [entry.id for entry in entries if _rests_on(speech, entry, language)]
    return found + [lore_id for lore_id in part.beat.must_convey if lore_id not in found]


def _rests_on(speech: str, entry: LoreEntry, language: str) -> bool:
    """All key facts stated; or its name with a number, or several longer words, of its text."""
    facts = entry.key_facts.get(language, ())
    if facts and not missing_facts(speech, [entry], language):
        return True
    text = entry.text(language)
    if not _named(speech, entry, language):
        return False
    if numbers_in(speech) & numbers_in(text):
        return True
    shared = {word for word in words(speech) if len(word) > _LONG[language]} & set(words(text))
    return len(shared) >= _SHARED_WORDS


def _named(speech: str, entry: LoreEntry, language: str) -> bool:
    return any(mentions(speech, name) for name in entry.names(language))


_LONG = {"en": 4, "ko": 1}
