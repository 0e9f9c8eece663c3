"""Runs, episodes and scores as the store keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal

from townsfolk.town.transcript import Transcript

RunKind = Literal["play", "simulation"]


@dataclass(frozen=True, slots=True)
class Run:
    """A set of episodes."""

    id: str
    kind: RunKind
    name: str
    town: str
    release: str
    """The version of the program that began it."""
    inputs: Mapping[str, Any]
    """All that shapes its episodes, as text or hashes of files."""
    planned: int
    """Episodes that it is to have."""
    created_at: str
    """ISO 8601, UTC."""


@dataclass(frozen=True, slots=True)
class Score:
    """One figure about an episode or a turn of it."""

    name: str
    value: float
    reason: str
    evaluator: str
    version: str
    turn: int | None = None
    """The number of the turn; None where it is of the whole episode."""


@dataclass(frozen=True, slots=True)
class Episode:
    """One scene or conversation as it was played, with its scores."""

    run_id: str
    key: str
    """The hash of all that shapes it; in a run there is one of each."""
    player: str
    transcript: Transcript
    seconds: float
    finished_at: str
    """ISO 8601, UTC."""
    error: str = ""
    """Why it could not be played to its end."""
    scores: tuple[Score, ...] = ()

    @property
    def id(self) -> str:
        """The same for the same episode of the same run, however often it is written."""
        return digest(self.run_id, self.key)[:16]


def digest(*parts: str) -> str:
    """A hash of texts, hexadecimal."""
    content = sha256()
    for part in parts:
        content.update(f"{len(part)}:{part}".encode())
    return content.hexdigest()
