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

    began: float = 0.0
    """When it began, in seconds since 1970; 0 where nobody looked at the clock."""
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
    """The beat it plays; None for a free reply and for the player."""
    interrupts: bool = False
    """Somebody else had been addressed."""
    place: str = ""
    present: list[str] = []
    """Who heard it, the speaker among them."""
    stage: str = ""
    """The stage direction."""
    intent: str = ""
    """What a simulated player meant by its line."""
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


class CrewSpan(BaseModel):
    """A part of CrewAI's work on a scene, from its events."""

    model_config = ConfigDict(frozen=True)

    name: Literal["task", "agent", "llm_call", "tool"]
    task: str
    """The name of CrewAI's task: the beat, or `reply_N`."""
    began: float
    """In seconds since 1970."""
    seconds: float
    error: str = ""


class Progress(BaseModel):
    """How far a scene has been played, so that it can go on from there."""

    version: str = ""
    """The hash of the scene and its beats as they were; another scene cannot go on from here."""
    next: int = 0
    """The index of the next step in the scene's list."""
    place: str = ""
    present: list[str] = []
    left_open: list[str] = []
    """Beats that the list has reached and nobody has played; not in scripted scenes."""
    fresh: int = 0
    """How many of the last of them belong to the round that is open."""
    unanswered: bool = False
    """The player has had their turn, and nobody theirs since."""
    rounds: int = 0
    """How often the floor was opened."""
    replies: int | None = None
    """The NPC lines since the floor was opened; None while it is not open."""


Ending = Literal["", "played", "until", "rounds", "silence", "left", "limit"]
"""Why a scene ended: all of it was played, its `until` came to hold, its rounds were over, or
nobody had anything more to say. Why a conversation did: the player left, or a limit was reached."""


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
    """`scripted`, `human`, `simulated` or `none`."""
    status: Literal["running", "finished", "stopped", "failed"] = "running"
    ending: Ending = ""
    turns: list[Turn] = []
    crew: list[CrewSpan] = []
    """What CrewAI did in a scene; nothing in a conversation with one NPC."""
    world: World = Field(default_factory=World)
    progress: Progress = Field(default_factory=Progress)
    started_at: str = ""
    """ISO 8601, UTC."""
