"""Conditions on the world: a mapping from a path in it to the value it must have."""

from __future__ import annotations

from typing import Any

from pydantic import RootModel

from townsfolk.town.schema import Entry
from townsfolk.town.world import World


class AtLeast(Entry):
    """A number in the world that must be this or more."""

    at_least: int


class Condition(RootModel[dict[str, bool | int | str | AtLeast]]):
    """`{flags.gate_open: true, quests.main_quest_01: accepted, purses.player: {at_least: 5}}`.

    All of them must hold.
    """

    def holds(self, world: World) -> bool:
        """Whether the world is so."""
        return all(_holds(world.get(path), wanted) for path, wanted in self.root.items())


def _holds(value: Any, wanted: bool | int | str | AtLeast) -> bool:
    if isinstance(wanted, AtLeast):
        return isinstance(value, int) and value >= wanted.at_least
    return bool(value == wanted)
