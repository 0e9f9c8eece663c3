"""What an NPC knows when it speaks: lore it may know, found by one search, and what it heard."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from townsfolk.models.profile import Strength
from townsfolk.retrieval.index import LoreIndex
from townsfolk.town.lore import LoreEntry
from townsfolk.town.town import Town
from townsfolk.town.transcript import Turn
from townsfolk.turns.part import Part
from townsfolk.turns.situation import Situation

LORE_ENTRIES = {"weak": 1, "strong": 6}
"""Entries of lore in the prompt, by the strength of the model."""

_CACHED = 512
"""Speakers with their hearers; a scene has a few dozen of them."""


@dataclass(frozen=True, slots=True)
class Known:
    """The lore of one turn."""

    given: tuple[LoreEntry, ...]
    """What stands in the prompt: what the beat must convey first, then the best hits."""
    seconds: float
    problem: str = ""
    """Why nothing could be looked up."""


def recall(
    town: Town,
    index: LoreIndex,
    part: Part,
    situation: Situation,
    strength: Strength,
    k: int | None = None,
) -> Known:
    """Lore for a turn; nothing outside the NPC's audience, nothing its hearers may not learn.

    A weak model takes whatever it is given for an answer, so it is given no hit by chance. `k`:
    entries, if not as many as a model of the strength is given.
    """
    k = LORE_ENTRIES[strength] if k is None else k
    started = time.monotonic()
    agent, beat, language = part.agent, part.beat, situation.language
    hearers = [name for name in situation.present if name != agent.id]
    entries = [town.lore[lore_id] for lore_id in beat.must_convey]
    heard = tellable(town, situation, agent.id)
    query = search_query(heard, part, language)
    around = [situation.place, *(turn.speech for turn in heard[-3:-1])]
    wanted = k + len(entries) + 2
    hits = index.search(query, agent.id, wanted, language=language, hearers=hearers, context=around)
    for hit in hits:
        # What it is itself stands in the system message.
        itself = hit.entry.id == agent.id
        known = any(hit.entry.id == entry.id for entry in entries)
        if strength == "weak" and index.by_chance(hit, language):
            continue
        if not itself and not known and hit.entry.tellable_to(situation.present):
            entries.append(hit.entry)
    given = tuple(entries[: max(k, len(beat.must_convey))])
    return Known(given, time.monotonic() - started, hits.problem)


def search_query(heard: Sequence[Turn], part: Part, language: str) -> str:
    """What to look for: what was said last, and what the NPC is about to do.

    That a line is to be answered tells nothing of what it is about.
    """
    last = [turn.speech for turn in heard[-1:] if turn.speaker != part.agent.id]
    if part.beat_id is None and last:
        return last[0]
    return " ".join([*last, part.beat.description.get(language)])


def tellable(town: Town, situation: Situation, agent_id: str) -> list[Turn]:
    """The turns that an NPC heard and may speak of before those who are present now.

    A line that rests on a secret is kept from whoever came in after it, as the secret itself is.
    """
    everybody = {agent_id, *situation.present}
    return [turn for turn in situation.heard_by(agent_id) if not _secret_to(town, turn, everybody)]


def _secret_to(town: Town, turn: Turn, everybody: set[str]) -> bool:
    entries = (town.lore.get(lore_id) for lore_id in {*turn.lore, *turn.citations})
    return any(entry is not None and not entry.tellable_to(everybody) for entry in entries)


def sayable(town: Town, agent_id: str, present: Iterable[str]) -> tuple[LoreEntry, ...]:
    """All lore that an NPC may speak of before these hearers, at the story's time."""
    return _sayable(town, agent_id, frozenset(present))


@lru_cache(maxsize=_CACHED)
def _sayable(town: Town, agent_id: str, present: frozenset[str]) -> tuple[LoreEntry, ...]:
    everybody = present | {agent_id}
    now = town.config.story_time.order if town.config.story_time else None
    return tuple(
        entry
        for entry in town.lore.values()
        if entry.known_to(agent_id)
        and entry.tellable_to(everybody)
        and (now is None or entry.true_at(now))
    )
