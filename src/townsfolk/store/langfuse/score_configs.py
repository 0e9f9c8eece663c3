"""What each score may be: Langfuse drops a value outside its config's range without a word."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from townsfolk.store.records import Score


@dataclass(frozen=True, slots=True)
class ScoreConfig:
    """A score's data type and range; None where a side is open."""

    name: str
    data_type: Literal["NUMERIC", "BOOLEAN"] = "NUMERIC"
    minimum: float | None = None
    maximum: float | None = None
    description: str = ""


SCORE_CONFIGS: tuple[ScoreConfig, ...] = (
    ScoreConfig("response_time", minimum=0, description="Seconds of an NPC's turn."),
    ScoreConfig("time_to_first_token", minimum=0, description="Seconds until the first token."),
    ScoreConfig("tokens", minimum=0, description="Tokens of an episode."),
    ScoreConfig("calls", minimum=0, description="Model calls of an episode."),
    ScoreConfig("cost", minimum=0, description="US dollars of an episode."),
    ScoreConfig("rag_relevance", minimum=0, maximum=1, description="How well lore answers."),
    ScoreConfig("personality_consistency", minimum=0, maximum=1, description="In character."),
    ScoreConfig("satisfaction", minimum=0, maximum=1, description="The player's satisfaction."),
    ScoreConfig("goal_reached", "BOOLEAN", description="The player got what it wanted."),
    ScoreConfig("gave_up", "BOOLEAN", description="The player's patience came to an end."),
    ScoreConfig("player_errors", minimum=0, description="Errors of the simulated player."),
)
"""Scores of other names are NUMERIC without a range."""

_BY_NAME = {config.name: config for config in SCORE_CONFIGS}


def config_of(name: str) -> ScoreConfig:
    """The config of a score."""
    return _BY_NAME.get(name) or ScoreConfig(name)


def fault_of(score: Score) -> str:
    """Why a score's value would be dropped; empty where it would not."""
    config = config_of(score.name)
    low = -math.inf if config.minimum is None else config.minimum
    high = math.inf if config.maximum is None else config.maximum
    if not math.isfinite(score.value):
        return f"the score {score.name} is {score.value}, which is no number"
    if config.data_type == "BOOLEAN" and score.value not in (0, 1):
        return f"the score {score.name} is {score.value:g}; allowed are 0 and 1"
    if not low <= score.value <= high:
        return f"the score {score.name} is {score.value:g}; allowed is {low:g} to {high:g}"
    return ""
