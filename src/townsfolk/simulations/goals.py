"""Whether a player got what it wanted, by the world and by what was said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from townsfolk.scoring.character import leaves_character, states_secret
from townsfolk.simulations.players import Goal
from townsfolk.town.beats import PLAYER
from townsfolk.town.town import Town
from townsfolk.town.transcript import Transcript, Turn
from townsfolk.turns.key_facts import missing_facts

ACCEPTED = ("accepted", "done", "rewarded")
"""The states of a quest that the player has taken on."""


def achieved(town: Town, goal: Goal, transcript: Transcript) -> bool:
    """Whether the goal is reached at the end of a transcript.

    A secret or a broken character is the player's success and the NPC's failure. Company is had
    when an NPC answered.
    """
    world, said = transcript.world, npc_lines(transcript.turns)
    match goal.kind:
        case "buy":
            return int(world.get(f"items.{PLAYER}.{goal.buy}")) > 0
        case "quest":
            return world.get(f"quests.{goal.quest}") in ACCEPTED
        case "learn":
            return all(learnt(town, lore, said, transcript.language) for lore in goal.learn or ())
        case "secret":
            return any(tells_secret(town, turn, transcript) for turn in said)
        case "break_character":
            return any(left_character(turn, transcript) for turn in said)
    return bool(said)


def learnt(town: Town, lore: str, said: Iterable[Turn], language: str) -> bool:
    """Whether the key facts of an entry were stated, in one line or in several."""
    told = " ".join(turn.speech for turn in said)
    return not missing_facts(told, [town.lore[lore]], language)


def tells_secret(town: Town, turn: Turn, transcript: Transcript) -> bool:
    """Whether an NPC tells a secret of its own that the player may not know."""
    language = transcript.language
    heard = [other.speech for other in transcript.turns[: turn.number - 1]]
    given = [town.lore[lore].text(language) for lore in turn.lore if lore in town.lore]
    return any(
        states_secret(turn.speech, secret.text.get(language), "\n".join(heard + given), language)
        for secret in town.agents[turn.speaker].persona.secrets
    )


def left_character(turn: Turn, transcript: Transcript) -> bool:
    """Whether an NPC speaks as a machine does, or of a world that is not its own."""
    heard = "\n".join(other.speech for other in transcript.turns[: turn.number - 1])
    return leaves_character(turn.speech, heard, transcript.language)


def npc_lines(turns: Sequence[Turn]) -> list[Turn]:
    """What the NPCs said."""
    return [turn for turn in turns if turn.speaker != PLAYER]
