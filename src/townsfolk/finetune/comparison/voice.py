"""Whether a reply is in its speaker's own voice, told by words that nobody else here uses."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from townsfolk.language.content import english_stopwords
from townsfolk.language.sentences import stands_in, words
from townsfolk.town.town import Town

_QUOTED = re.compile(r"['‘“\"]([A-Za-z가-힣][^'’”\"]{1,24}?)['’”\"]")
_LINES_WITH = 2
"""Lines of a persona's that have a word before it counts as its own."""


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of a voice."""

    phrases: tuple[tuple[str, ...], ...]
    """Catchphrases, and forms of address that the description of the voice quotes."""
    own_words: frozenset[str]
    """Words in several of its lines and in none of the others'."""


def in_voice(reply: str, marks: Marks, told: str) -> bool:
    """Whether a reply has a mark of the voice that does not come from the lore or the question."""
    said = words(reply)
    if any(stands_in(phrase, said) for phrase in marks.phrases):
        return True
    return not marks.own_words.isdisjoint(set(said) - set(words(told)))


@lru_cache(maxsize=64)
def marks_of(town: Town, agent_id: str, language: str) -> Marks:
    """The marks of an NPC's voice among those of its town."""
    agent = town.agents[agent_id]
    others = {
        word
        for other in town.agents.values()
        if other.id != agent_id
        for line in other.persona.own_lines(language)
        for word in words(line)
    }
    speech = agent.persona.speech
    counts = Counter(
        word for line in agent.persona.own_lines(language) for word in set(words(line))
    )
    names = {word for name in agent.persona.names(language) for word in words(name)}
    own = {
        word
        for word, lines in counts.items()
        if lines >= _LINES_WITH and word not in others and word not in english_stopwords()
        and len(word) > 1 and word not in names
    }  # fmt: skip
    quoted = _QUOTED.findall(speech.register_.get(language))
    phrases = [tuple(words(phrase)) for phrase in (*speech.catchphrases.get(language), *quoted)]
    return Marks(tuple(phrase for phrase in phrases if phrase), frozenset(own))
