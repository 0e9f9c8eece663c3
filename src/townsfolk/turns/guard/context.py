"""What the rules of the guard look at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from townsfolk.language.content import content_stems
from townsfolk.language.names import name_words
from townsfolk.language.numbers import numbers_in
from townsfolk.town.agents import Agent
from townsfolk.town.beats import Beat
from townsfolk.town.lore import LoreEntry
from townsfolk.town.town import Town
from townsfolk.turns.known import sayable
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
    agent: Agent,
    beat: Beat,
    situation: Situation,
    given: tuple[LoreEntry, ...],
    prompt: str,
    strength: str = "strong",
) -> GuardContext:
    """The surroundings of one NPC turn."""
    language, scene, persona = situation.language, situation.scene, agent.persona
    heard = [turn.speech for turn in situation.heard_by(agent.id)]
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
    lore = sayable(town, agent, situation.present)
    named = [
        *rests_on,
        *own,
        *people,
        town.config.name.get(language),
        *town.config.protected_names,
        *(text for entry in lore for text in (entry.text(language), *entry.names(language))),
    ]
    return GuardContext(
        language=language,
        korean_level=persona.speech.korean_level,
        own_names=tuple(own),
        other_names=tuple(name for name in people if name not in own),
        addressee=town.character_name(beat.to, scene, language) if beat.to else "",
        max_words=agent.entry.max_words,
        earlier=tuple(heard),
        prompt=prompt,
        known_numbers=frozenset(number for text in rests_on for number in numbers_in(text)),
        known_names=frozenset(name_words(named)),
        must_convey=tuple(town.lore[lore_id] for lore_id in beat.must_convey),
        topic=_topic([*about, *heard[-2:]]) if strength == "weak" and language == "en" else None,
    )


def _topic(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(stem for text in texts for stem in content_stems(text))
