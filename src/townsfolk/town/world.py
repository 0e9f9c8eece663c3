"""The state of a town while it is played."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

Flag = bool | int | str


class World(BaseModel):
    """Flags, purses, inventories and quest states; changed only by accepted game actions."""

    model_config = ConfigDict(extra="forbid")

    flags: dict[str, Flag] = Field(default_factory=dict)
    purses: dict[str, int] = Field(default_factory=dict)
    """Silver (the town's currency) of each character; the player's is `player`."""
    items: dict[str, dict[str, int]] = Field(default_factory=dict)
    """How many of each item each character carries."""
    quests: dict[str, str] = Field(default_factory=dict)

    def get(self, path: str) -> Any:
        """The value at a dotted path like `flags.gate_open`; None where there is none."""
        part, _, rest = path.partition(".")
        if part == "items":
            owner, _, item = rest.partition(".")
            return self.items.get(owner, {}).get(item, 0)
        group: dict[str, Any] = getattr(self, part, {})
        return group.get(rest)

    def pay(self, payer: str, payee: str, amount: int) -> None:
        """Move silver from one purse to another; the payer must have it."""
        self.purses[payer] = self.purses.get(payer, 0) - amount
        self.purses[payee] = self.purses.get(payee, 0) + amount

    def give(self, giver: str, receiver: str, item: str) -> None:
        """Move one item from one character to another; the giver must have it."""
        held = self.items.setdefault(giver, {})
        held[item] = held.get(item, 0) - 1
        if held[item] <= 0:
            del held[item]
        received = self.items.setdefault(receiver, {})
        received[item] = received.get(item, 0) + 1


class WorldChanges(BaseModel):
    """What a scene sets in the world before it starts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    flags: dict[str, Flag] = {}
    purses: dict[str, int] = {}
    items: dict[str, dict[str, int]] = {}
    quests: dict[str, str] = {}

    def apply(self, world: World) -> None:
        """Set these values in a world."""
        world.flags.update(self.flags)
        world.purses.update(self.purses)
        world.quests.update(self.quests)
        for owner, held in self.items.items():
            world.items.setdefault(owner, {}).update(held)
