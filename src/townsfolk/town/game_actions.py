"""The entries of `actions.yaml`: what NPCs can do to the game world."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from townsfolk.town.conditions import Condition
from townsfolk.town.schema import Entry
from townsfolk.town.texts import NO_TEXTS, Text, Texts
from townsfolk.town.world import Flag

SLOT_KEY = "x-slot"
"""The key in a parameter's JSON schema that tells where its value comes from."""

Slot = Literal["item", "price", "quest", "place", "addressee", "amount"]


class Pay(Entry):
    """Silver goes from one purse to another."""

    from_: str = Field(alias="from")
    to: str
    amount: int | str


class Give(Entry):
    """One item goes from one character to another."""

    from_: str = Field(alias="from")
    to: str
    item: str


class QuestChange(Entry):
    """A quest gets another state."""

    id: str
    state: str


class Effect(Entry):
    """One change of the world. `$name` stands for an argument, `$npc` for who acts."""

    set: dict[str, Flag] | None = None
    """Flags and their new values."""
    pay: Pay | None = None
    give: Give | None = None
    quest: QuestChange | None = None
    reward: str | None = None
    """A quest whose reward the player receives."""


class ActionDefinition(Entry):
    """A typed command for the game engine."""

    description: Text
    parameters: dict[str, Any]
    """JSON schema of the arguments; `x-slot` on one tells where its value comes from."""
    cues: Texts = NO_TEXTS
    """Words in the NPC's line that show it does this; how actions of weak models are seen."""
    intent: Texts = NO_TEXTS
    """Words in the line before that ask for it. Where no beat names the action, a weak model's line
    gives it only after them."""
    when_rejected: Text | None = None
    """Said in place of a claim that the action was done, when it was not."""
    requires: Condition | None = None
    """How the world has to be; `$name` stands for an argument."""
    effects: list[Effect] = []
