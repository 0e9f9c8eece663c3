"""What a scene is played with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Executor = Literal["fast", "stock"]
"""`fast`: one model call a task; `stock`: CrewAI's own executor."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a scene is played with."""

    language: str
    seed: int
    executor: Executor = "fast"
