"""An episode as the tables and the ranking need it, without its lines."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean

from townsfolk.simulations.report.score_names import (
    GAVE_UP,
    GOAL_AGAINST_NPC,
    GOAL_REACHED,
    PLAYER_ERRORS,
    ScoreKey,
    key_of,
)
from townsfolk.store.records import Episode
from townsfolk.town.beats import PLAYER
from townsfolk.town.transcript import Turn


@dataclass(slots=True)
class Lines:
    """An NPC's lines in an episode."""

    name: str
    count: int = 0
    asked: int = 0
    """Lines for which the model was asked: all but those that are said as written."""
    replaced: int = 0
    """Of those, authored and fallback lines."""
    faulty: int = 0
    """Of those, lines with a fault."""


@dataclass(frozen=True, slots=True)
class Played:
    """An episode that was played."""

    id: str
    player: str
    npcs: Mapping[str, Lines]
    scores: Mapping[ScoreKey, float]
    faults: int
    response_time: float | None
    """Seconds, the mean of the NPCs' turns with a model call."""
    lines: int
    """Of the player."""
    words: int
    intents: Mapping[str, int]

    def score(self, *names: str) -> float | None:
        """The first of its scores that has one of these names."""
        found = (value for key, value in self.scores.items() if key.name in names)
        return next(found, None)

    @property
    def reached(self) -> float | None:
        """Whether the player got what it wanted, were it to the NPC's harm."""
        return self.score(GOAL_REACHED, GOAL_AGAINST_NPC)

    @property
    def good(self) -> float | None:
        """Whether it ended as it should: with a secret kept, or the player's wish fulfilled."""
        against = self.score(GOAL_AGAINST_NPC)
        return self.score(GOAL_REACHED) if against is None else 1.0 - against

    @property
    def gave_up(self) -> float | None:
        """Whether the player lost its patience."""
        return self.score(GAVE_UP)

    @property
    def player_errors(self) -> float:
        """Errors of the simulated player."""
        return self.score(PLAYER_ERRORS) or 0.0


def asked_of_model(turn: Turn) -> bool:
    """Whether a line was to come from the model."""
    return turn.origin not in ("player", "say")


def was_called(turn: Turn) -> bool:
    """Whether an NPC's line cost a model call, so that its seconds tell something."""
    return turn.speaker != PLAYER and turn.calls > 0


def played(episode: Episode) -> Played:
    """What is kept of an episode."""
    turns = episode.transcript.turns
    npcs: dict[str, Lines] = {}
    for turn in turns:
        if turn.speaker != PLAYER:
            _count(npcs.setdefault(turn.speaker, Lines(turn.name)), turn)
    seconds = [turn.timing.seconds for turn in turns if was_called(turn)]
    own = [turn for turn in turns if turn.speaker == PLAYER]
    return Played(
        id=episode.id,
        player=episode.player,
        npcs=npcs,
        scores={
            key_of(score): score.value
            for score in episode.scores
            if score.turn is None and math.isfinite(score.value)
        },
        faults=sum(len(turn.faults) for turn in turns),
        response_time=fmean(seconds) if seconds else None,
        lines=len(own),
        words=sum(len(turn.speech.split()) for turn in own),
        intents=Counter(turn.intent for turn in own if turn.intent),
    )


def _count(lines: Lines, turn: Turn) -> None:
    lines.count += 1
    if asked_of_model(turn):
        lines.asked += 1
        lines.replaced += turn.origin != "model"
        lines.faulty += bool(turn.faults)
