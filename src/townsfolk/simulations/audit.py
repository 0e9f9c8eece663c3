"""The errors of a simulated player: what makes an episode tell nothing of the NPC.

The kinds are those that audits of user simulators count (Sekulić et al., 2024; Yao et al., 2024,
"τ-bench", appendix on simulator errors): it speaks for the other side, gives the answer away, acts
against its goal, ends too early, or does not end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from townsfolk.simulations.goals import ACCEPTED, achieved, learnt, npc_lines
from townsfolk.simulations.plan import CHAT
from townsfolk.simulations.players import PlayerProfile
from townsfolk.town.beats import PLAYER
from townsfolk.town.town import Town
from townsfolk.town.transcript import Transcript, Turn
from townsfolk.turns.key_facts import missing_facts

_LINGERS = 4
"""Lines after the goal was reached, after which a player should have left."""
_ASKS = 2
"""Lines before which nobody has tried anything."""


@dataclass(frozen=True, slots=True)
class PlayerError:
    """What a player did wrong, and in which of its lines."""

    kind: str
    detail: str
    turn: int | None = None


def audit(
    town: Town, npc: str, profile: PlayerProfile, transcript: Transcript, gave_up: bool
) -> list[PlayerError]:
    """All errors of a player in an episode; none where it did what it was made for."""
    lines = [turn for turn in transcript.turns if turn.speaker == PLAYER]
    return [
        *_speaks_for_npc(town, npc, transcript, lines),
        *_tells_answer(town, profile, transcript),
        *_against_goal(town, profile, transcript),
        *_repeats_itself(lines),
        *_ending(town, profile, transcript, lines, gave_up),
    ]


def _speaks_for_npc(
    town: Town, npc: str, transcript: Transcript, lines: Sequence[Turn]
) -> Iterator[PlayerError]:
    names = "|".join(map(re.escape, town.agents[npc].persona.names(transcript.language)))
    label = re.compile(rf"(?:^|\n)\s*(?:{names})\s*:", re.IGNORECASE)
    for turn in lines:
        if label.search(turn.speech):
            yield PlayerError("speaks_for_npc", "a line that bears the NPC's name", turn.number)


def _tells_answer(
    town: Town, profile: PlayerProfile, transcript: Transcript
) -> Iterator[PlayerError]:
    """It states what it was to learn before it was told."""
    language = transcript.language
    for lore in profile.goal.learn or ():
        entry = town.lore[lore]
        for place, turn in enumerate(transcript.turns):
            told = learnt(town, lore, npc_lines(transcript.turns[:place]), language)
            if turn.speaker != PLAYER or told:
                continue
            if entry.key_facts.get(language) and not missing_facts(turn.speech, [entry], language):
                yield PlayerError("tells_answer", f"states the key facts of {lore}", turn.number)


def _against_goal(
    town: Town, profile: PlayerProfile, transcript: Transcript
) -> Iterator[PlayerError]:
    """In a conversation it got, or took on, what it did not want."""
    if not transcript.scene.startswith(CHAT):
        return
    for item, count in transcript.world.items.get(PLAYER, {}).items():
        if count > 0 and item != profile.goal.buy:
            yield PlayerError("against_goal", f"bought {item}")
    for quest, state in transcript.world.quests.items():
        if state in ACCEPTED and quest != profile.goal.quest:
            yield PlayerError("against_goal", f"took on {quest}")


def _repeats_itself(lines: Sequence[Turn]) -> Iterator[PlayerError]:
    """The same line three times or more: no player does that."""
    for turn in lines:
        if sum(other.speech == turn.speech for other in lines if other.number <= turn.number) == 3:
            yield PlayerError("repeats_itself", "the same line for the third time", turn.number)


def _ending(
    town: Town,
    profile: PlayerProfile,
    transcript: Transcript,
    lines: Sequence[Turn],
    gave_up: bool,
) -> Iterator[PlayerError]:
    reached = _reached(town, profile, transcript)
    gone = transcript.ending == "left" and reached is None and not gave_up
    if gone and len(lines) < _ASKS:
        yield PlayerError("ends_too_early", f"left after {len(lines)} lines")
    if reached is not None and profile.goal.kind != "talk":
        after = sum(turn.number > reached for turn in lines)
        if after > _LINGERS:
            yield PlayerError("does_not_end", f"{after} lines after it had what it wanted")


def _reached(town: Town, profile: PlayerProfile, transcript: Transcript) -> int | None:
    """The number of the turn with which the goal was reached; None if it never was."""
    if not achieved(town, profile.goal, transcript):
        return None
    if profile.goal.kind != "learn":
        acted = [turn.number for turn in transcript.turns if turn.game_actions]
        return acted[-1] if acted else None
    for place, turn in enumerate(transcript.turns):
        said = npc_lines(transcript.turns[: place + 1])
        if all(learnt(town, lore, said, transcript.language) for lore in profile.goal.learn or ()):
            return turn.number
    return None
