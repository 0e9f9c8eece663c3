"""The files of `crews/`: scenes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, NonNegativeInt, Tag, model_validator
from pydantic_core import PydanticCustomError

from townsfolk.town.conditions import Condition
from townsfolk.town.errors import nearest
from townsfolk.town.schema import WRONG_KIND, Entry
from townsfolk.town.texts import Text
from townsfolk.town.world import WorldChanges


class PlayerLine(Entry):
    """The player's turn: what the scripted player says; a human says something else."""

    player: Text


class Enter(Entry):
    """Characters come in; they know nothing of what was said before."""

    enter: list[str] = Field(min_length=1)


class Leave(Entry):
    """Characters go away; they hear nothing of what follows."""

    leave: list[str] = Field(min_length=1)


class Move(Entry):
    """The scene goes on in another place."""

    place: Text


_KINDS: dict[str, type[Entry]] = {
    "player": PlayerLine,
    "enter": Enter,
    "leave": Leave,
    "place": Move,
}


def _item_kind(value: Any) -> str | None:
    if isinstance(value, str):
        return "<beat>"
    if isinstance(value, Entry):
        return next(f"<{key}>" for key, shape in _KINDS.items() if isinstance(value, shape))
    if isinstance(value, dict):
        named = [key for key in _KINDS if key in value]
        meant = [nearest(str(key), _KINDS) for key in value]
        return next((f"<{key}>" for key in [*named, *meant] if key), None)
    return None


Item = Annotated[
    Annotated[str, Tag("<beat>")]
    | Annotated[PlayerLine, Tag("<player>")]
    | Annotated[Enter, Tag("<enter>")]
    | Annotated[Leave, Tag("<leave>")]
    | Annotated[Move, Tag("<place>")],
    Discriminator(
        _item_kind,
        custom_error_type=WRONG_KIND,
        custom_error_message=WRONG_KIND,
        custom_error_context={"allowed": "a beat id, or one of player:, enter:, leave:, place:"},
    ),
]


class PlayerCharacter(Entry):
    """Who the player is in this scene."""

    name: Text
    persona: Text | None = None
    purse: int = Field(0, ge=0)
    inventory: dict[str, NonNegativeInt] = {}


TurnTaking = Literal["scripted", "addressed", "free"]
"""`scripted`: the beats in their order; `addressed`: whoever was named or asked speaks; `free`:
whoever of those present has most to say to what was said."""

REPLIES = 3
"""The NPC lines of a round where the scene does not say how many."""


class Scene(Entry):
    """A scene: where, who, and the beats in their order."""

    title: Text
    place: Text
    premise: Text
    """What everyone present can see."""
    cast: list[str] = Field(min_length=1)
    present: list[str] | None = None
    """Who is there when it opens; the whole cast when left out."""
    player: PlayerCharacter = PlayerCharacter(
        name=Text(root={"en": "the player", "ko": "플레이어"})
    )
    turn_taking: TurnTaking = "scripted"
    rounds: int | None = Field(None, ge=1, le=100)
    """How often the floor is opened, at most: once after each line of the player's and for each run
    of beats. With more rounds than the list has, it goes on after the list."""
    replies: int | None = Field(None, ge=1, le=20)
    """The most NPC lines of a round; 3 when left out."""
    until: Condition | None = None
    """The scene ends as soon as this holds."""
    world: WorldChanges = WorldChanges()
    """What is different in the world when the scene starts."""
    beats: list[Item] = Field(min_length=1)
    """Beat ids, and between them `player:`, `enter:`, `leave:` and `place:`."""

    @model_validator(mode="after")
    def _rounds_are_of_open_scenes(self) -> Scene:
        if self.turn_taking == "scripted":
            for key in ("rounds", "replies"):
                if getattr(self, key) is not None:
                    raise PydanticCustomError(
                        "turn_taking",
                        "has no meaning in a scripted scene",
                        {
                            "key": key,
                            "remedy": "take it out, or set turn_taking: addressed or free",
                        },
                    )
        return self

    @property
    def has_player(self) -> bool:
        """Whether the player takes part; not in a scripted scene that says nothing of one."""
        stated = "player" in self.model_fields_set
        speaks = any(isinstance(item, PlayerLine) for item in self.beats)
        return stated or speaks or self.turn_taking != "scripted"

    def at_start(self) -> list[str]:
        """The NPCs present when the scene opens."""
        return list(self.cast if self.present is None else self.present)

    def beat_ids(self) -> list[str]:
        """The beats, in order."""
        return [item for item in self.beats if isinstance(item, str)]
