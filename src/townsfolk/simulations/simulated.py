"""The interface of both kinds of simulated players."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from townsfolk.simulations.audit import PlayerError
from townsfolk.simulations.players import PlayerProfile
from townsfolk.town.texts import Text
from townsfolk.turns.player import Player
from townsfolk.turns.situation import Situation


class SimulatedPlayer(Player, Protocol):
    """A player that nobody sits behind, and what is looked at when it has left."""

    profile: PlayerProfile

    @property
    def intents(self) -> Sequence[str]:
        """What it meant, line by line."""
        ...

    @property
    def errors(self) -> Sequence[PlayerError]:
        """Why it gave no line, where it could not."""
        ...

    @property
    def gave_up(self) -> bool:
        """Whether its patience came to an end."""
        ...

    @property
    def prompt_tokens(self) -> int:
        """What its own model has read; 0 without one."""
        ...

    @property
    def completion_tokens(self) -> int:
        """What its own model has written; 0 without one."""
        ...

    async def aline(self, situation: Situation, scripted: Text | None) -> str:
        """The same as `line`, awaited. Raises PlayerLeft."""
        ...
