"""The entries of `tasks.yaml`: one NPC's turn each."""

from __future__ import annotations

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from townsfolk.town.conditions import Condition
from townsfolk.town.schema import Entry
from townsfolk.town.texts import NO_TEXTS, Text, Texts

PLAYER = "player"
"""The id under which the player takes part in scenes and in the world."""


class Beat(Entry):
    """One NPC's turn: what it does, and what it must get across."""

    agent: str
    description: Text
    """What the NPC does in this turn, as an instruction."""
    expected_output: Text
    to: str | None = None
    """Whom it speaks to: `player` or an agent id; everybody present when left out."""
    context: list[str] = []
    """Earlier beats that this one builds on."""
    say: Text | None = None
    """Spoken word for word, without a model."""
    authored: Text | None = None
    """Spoken when the model's line cannot be used."""
    must_convey: list[str] = []
    """Lore ids whose key facts have to be in the line."""
    stage: Text | None = None
    """What the NPC does while it speaks."""
    actions: list[str] = []
    """The game actions this turn may give."""
    when: Condition | None = None
    """The beat is left out unless this holds."""
    interrupts: Texts = NO_TEXTS
    """Words upon which the NPC breaks in, whoever was addressed; not in scripted scenes."""

    @model_validator(mode="after")
    def _authored_backs_must_convey(self) -> Beat:
        if self.must_convey and self.authored is None and self.say is None:
            raise PydanticCustomError(
                "authored", "has must_convey but no authored line for when the model fails", {}
            )
        if self.say is not None and self.authored is not None:
            raise PydanticCustomError("say", "has both say and authored; keep one of the two", {})
        return self
