"""Secrets: what the speaker may not tell here is not spoken, wherever it comes from.

No prompt holds such a thing, so a model can only have made it up, or have been talked into it by a
player who knows it. Word for word it is kept back all the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from townsfolk.language.sentences import words
from townsfolk.town.town import Town
from townsfolk.turns.guard.phrases import Phrase, phrases
from townsfolk.turns.known import sayable


def secret_phrases(
    town: Town, agent_id: str, present: Iterable[str], language: str, heard: Iterable[str]
) -> frozenset[Phrase]:
    """What an NPC may not tell before these hearers, but for what it has heard said."""
    secrets = _secrets(town, agent_id, frozenset(present), language)
    said = (phrases(words(text), language) for text in heard)
    return secrets.difference(*said)


@lru_cache(maxsize=512)
def _secrets(
    town: Town, agent_id: str, present: frozenset[str], language: str
) -> frozenset[Phrase]:
    open_lore = sayable(town, agent_id, present)
    told = [entry.text(language) for entry in open_lore]
    persona = town.agents[agent_id].persona
    told += [persona.background.get(language), *persona.speech.sample_lines.get(language)]
    hidden = [
        entry.text(language)
        for entry in town.lore.values()
        if not entry.known_to(agent_id) or not entry.tellable_to(present | {agent_id})
    ]
    return _phrases_of(hidden, language) - _phrases_of(told, language)


def _phrases_of(texts: Iterable[str], language: str) -> frozenset[Phrase]:
    return frozenset(phrase for text in texts for phrase in phrases(words(text), language))
