"""What was said: turns and transcripts."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from townsfolk.town.world import World

TRANSCRIPT_FORMAT = "townsfolk.transcript/1"

Origin = Literal["model", "authored", "say", "fallback", "player"]
"""Where a line comes from: the model; the beat's authored line in place of the model's; the beat's
`say`; the persona's fallback line; the player."""


class Fault(BaseModel):
    """Why a model's line could not be used as it was."""

    model_config = ConfigDict(frozen=True)

    rule: str
    detail: str = ""


class GameAction(BaseModel):
    """A typed command for the game engine, and whether schema, lore and world agreed to it."""

    model_config = ConfigDict(frozen=True)

    name: str
    arguments: dict[str, Any] = {}
    accepted: bool = True
    reason: str = ""


class Timing(BaseModel):
    """Seconds that a turn took."""

    seconds: float = 0.0
    first_token_seconds: float | None = None
    retrieval_seconds: float = 0.0


class Turn(BaseModel):
    """One line, and all that belongs to it."""

    number: int
    speaker: str
    name: str
    speech: str
    origin: Origin
    to: str | None = None
    beat: str | None = None
    place: str = ""
    present: list[str] = []
    """Who heard it, the speaker among them."""
    stage: str = ""
    """The stage direction."""
    game_actions: list[GameAction] = []
    citations: list[str] = []
    """The lore ids that the line rests on; the code's finding, not the model's."""
    lore: list[str] = []
    """The lore ids that were given to the model."""
    faults: list[Fault] = []
    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    timing: Timing = Field(default_factory=Timing)


class Transcript(BaseModel):
    """A scene or conversation as it was played."""

    format: str = TRANSCRIPT_FORMAT
    town: str
    scene: str
    title: str
    language: str
    model: str
    prompt_version: str
    seed: int
    player: str
    """`scripted`, `human` or `none`."""
    status: Literal["running", "finished", "stopped", "failed"] = "running"
    turns: list[Turn] = []
    world: World = Field(default_factory=World)
    started_at: str = ""
    """ISO 8601, UTC."""
