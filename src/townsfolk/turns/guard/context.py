"""What the rules of the guard look at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from townsfolk.language.content import content_stems
from townsfolk.language.names import name_words
from townsfolk.language.numbers import numbers_in
from townsfolk.town.lore import LoreEntry
from townsfolk.town.town import Town
from townsfolk.turns.known import sayable, tellable
from townsfolk.turns.part import Part
from townsfolk.turns.situation import Situation


@dataclass(frozen=True, slots=True)
class GuardContext:
    """The surroundings of a line: who speaks, what it rests on, what was said and prompted."""

    language: str
    korean_level: str | None
    own_names: tuple[str, ...]
    other_names: tuple[str, ...]
    addressee: str
    """The name of whom it speaks to; empty for everybody."""
    max_words: int
    earlier: tuple[str, ...]
    """Lines that were spoken before, as this NPC heard them."""
    prompt: str
    """All of the prompt but its lore; nothing of it may be repeated at length."""
    known_numbers: frozenset[int]
    known_names: frozenset[str]
    must_convey: tuple[LoreEntry, ...]
    topic: frozenset[str] | None = None
    """Stems of what the turn is about; None where the model is trusted to keep to it."""


def guard_context(
    town: Town,
    part: Part,
    situation: Situation,
    given: tuple[LoreEntry, ...],
    prompt: str,
    strength: str = "strong",
) -> GuardContext:
    """The surroundings of one NPC turn."""
    agent, beat, scene, language = part.agent, part.beat, situation.scene, situation.language
    persona = agent.persona
    heard = [turn.speech for turn in tellable(town, situation, agent.id)]
    own = [persona.name.get(language), *persona.aliases.get(language)]
    people = [town.character_name(name, scene, language) for name in situation.present]
    about = [
        situation.place,
        scene.premise.get(language),
        scene.player.persona.get(language) if scene.player.persona else "",
        beat.description.get(language),
        persona.background.get(language),
        persona.personality.get(language),
        *persona.speech.catchphrases.get(language),
        *persona.speech.sample_lines.get(language),
        *(entry.text(language) for entry in given),
    ]
    authored = [beat.authored.get(language)] if beat.authored else []
    rests_on = [*about, *heard, *authored]
    named = name_words([*rests_on, *own, *people])
    return GuardContext(
        language=language,
        korean_level=persona.speech.korean_level,
        own_names=tuple(own),
        other_names=tuple(name for name in people if name not in own),
        addressee=town.character_name(beat.to, scene, language) if beat.to else "",
        max_words=agent.entry.max_words,
        earlier=tuple(turn.speech for turn in situation.heard_by(agent.id)),
        prompt=prompt,
        known_numbers=frozenset(number for text in rests_on for number in numbers_in(text)),
        known_names=_lore_names(town, agent.id, frozenset(situation.present), language) | named,
        must_convey=tuple(town.lore[lore_id] for lore_id in beat.must_convey),
        topic=_topic([*about, *heard[-2:]]) if strength == "weak" and language == "en" else None,
    )


@lru_cache(maxsize=512)
def _lore_names(
    town: Town, agent_id: str, present: frozenset[str], language: str
) -> frozenset[str]:
    """The words of names in all lore that an NPC may speak of before these hearers."""
    texts = [town.config.name.get(language), *town.config.protected_names]
    for entry in sayable(town, agent_id, present):
        texts += [entry.text(language), *entry.names(language)]
    return frozenset(name_words(texts))


def _topic(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(stem for text in texts for stem in content_stems(text))
