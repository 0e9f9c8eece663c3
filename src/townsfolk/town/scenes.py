"""The files of `crews/`: scenes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, NonNegativeInt, Tag

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
    turn_taking: Literal["scripted"] = "scripted"
    """`scripted`: the beats in their order."""
    world: WorldChanges = WorldChanges()
    """What is different in the world when the scene starts."""
    beats: list[Item] = Field(min_length=1)
    """Beat ids, and between them `player:`, `enter:`, `leave:` and `place:`."""

    def at_start(self) -> list[str]:
        """The NPCs present when the scene opens."""
        return list(self.cast if self.present is None else self.present)

    def beat_ids(self) -> list[str]:
        """The beats, in order."""
        return [item for item in self.beats if isinstance(item, str)]
