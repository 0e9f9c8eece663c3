"""What an NPC knows when it speaks: lore it may know, found by one search."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from townsfolk.retrieval.index import LoreIndex
from townsfolk.town.agents import Agent
from townsfolk.town.beats import Beat
from townsfolk.town.lore import LoreEntry
from townsfolk.town.town import Town
from townsfolk.turns.situation import Situation


@dataclass(frozen=True, slots=True)
class Known:
    """The lore of one turn."""

    given: tuple[LoreEntry, ...]
    """What stands in the prompt: what the beat must convey first, then the best hits."""
    seconds: float


def recall(
    town: Town, index: LoreIndex, agent: Agent, beat: Beat, situation: Situation, k: int
) -> Known:
    """Lore for a turn; nothing outside the NPC's audience, nothing its hearers may not learn."""
    started = time.monotonic()
    language = situation.language
    hearers = [name for name in situation.present if name != agent.id]
    entries = [town.lore[lore_id] for lore_id in beat.must_convey]
    query = search_query(agent, beat, situation)
    for hit in index.search(query, agent.id, language, k + len(entries) + 2, hearers):
        # What it is itself stands in the system message.
        if hit.entry not in entries and hit.entry.id != agent.id:
            entries.append(hit.entry)
    return Known(tuple(entries[: max(k, len(beat.must_convey))]), time.monotonic() - started)


def search_query(agent: Agent, beat: Beat, situation: Situation) -> str:
    """What to look for: what was said last, and what the NPC is about to do."""
    heard = situation.heard_by(agent.id)
    last = [turn.speech for turn in heard[-1:] if turn.speaker != agent.id]
    return " ".join([*last, beat.description.get(situation.language)])


def sayable(town: Town, agent: Agent, present: Iterable[str]) -> list[LoreEntry]:
    """All lore that an NPC may speak of before these hearers."""
    everybody = {agent.id, *present}
    return [
        entry
        for entry in town.lore.values()
        if entry.known_to(agent.id) and (not entry.confidential or everybody <= set(entry.audience))
    ]
