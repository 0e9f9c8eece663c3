"""A line that may be spoken, and what it does to the world."""

from __future__ import annotations

from dataclasses import dataclass

from townsfolk.town.transcript import Origin
from townsfolk.turns.game_actions import Outcome


@dataclass(frozen=True, slots=True)
class Line:
    """What is spoken in the end, where it comes from and what it does."""

    speech: str
    stage: str
    origin: Origin
    outcome: Outcome
