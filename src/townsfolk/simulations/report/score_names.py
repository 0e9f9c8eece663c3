"""What is known of scores by their names; any other score is shown too, without a unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from townsfolk.store.records import Score

GOAL_REACHED = "goal_reached"
GOAL_AGAINST_NPC = "goal_against_npc"
"""`goal_reached` of a player that wants a secret or a broken character: the NPC's failure."""
GAVE_UP = "gave_up"
PLAYER_ERRORS = "player_errors"
RESPONSE_TIME = "response_time"

UNITS: Mapping[str, str] = {
    RESPONSE_TIME: "s",
    "time_to_first_token": "s",
    "tokens": "tokens",
    "calls": "calls",
    PLAYER_ERRORS: "errors",
    "cost": "US dollars",
}
"""A score with a unit is no share, though it be 0 or 1 in every episode."""
LOWER_IS_BETTER = frozenset({*UNITS, GAVE_UP, GOAL_AGAINST_NPC})

_AGAINST_NPC = frozenset({"secret", "break_character"})
_FIRST = (GOAL_REACHED, GOAL_AGAINST_NPC, GAVE_UP)
_LAST = (PLAYER_ERRORS, *UNITS)


class ScoreKey(NamedTuple):
    """Scores that may be counted together."""

    name: str
    evaluator: str
    version: str


def key_of(score: Score) -> ScoreKey:
    """Where a score of a whole episode belongs."""
    against = score.name == GOAL_REACHED and score.reason in _AGAINST_NPC
    name = GOAL_AGAINST_NPC if against else score.name
    return ScoreKey(name, score.evaluator, score.version)


def names_of(keys: Iterable[ScoreKey]) -> Mapping[ScoreKey, str]:
    """What each is called, in the order in which they are shown.

    Where more than one evaluator or version gave a score, its name tells which.
    """
    ordered = sorted(set(keys), key=lambda key: (_rank(key.name), key))
    shared = [key.name for key in ordered]
    return {
        key: key.name
        if shared.count(key.name) == 1
        else f"{key.name} ({key.evaluator} {key.version})"
        for key in ordered
    }


def _rank(name: str) -> int:
    if name in _FIRST:
        return _FIRST.index(name)
    return len(_FIRST) + 1 + _LAST.index(name) if name in _LAST else len(_FIRST)
