"""What surrounds a turn: the place, who is there, what each has heard."""

from __future__ import annotations

from dataclasses import dataclass

from townsfolk.town.scenes import Scene
from townsfolk.town.transcript import Turn
from townsfolk.town.world import World


@dataclass(frozen=True, slots=True)
class Situation:
    """A moment of a scene, before somebody speaks."""

    scene: Scene
    language: str
    place: str
    present: tuple[str, ...]
    """Everybody who will hear the next line; `player` among them if there is one."""
    turns: tuple[Turn, ...]
    """All turns so far, whoever heard them."""
    world: World
    seed: int

    def heard_by(self, character: str) -> list[Turn]:
        """The turns that a character was present for."""
        return [turn for turn in self.turns if character in turn.present]

    @property
    def number(self) -> int:
        """The number of the next turn, from 1."""
        return len(self.turns) + 1

    def seed_for(self, attempt: int) -> int:
        """The seed of one attempt at the next line."""
        return (self.seed * 1_000_003 + self.number * 101 + attempt) % 2**31
