"""Items and quests: the lore entries that game actions look up."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from townsfolk.town.schema import Entry
from townsfolk.town.story_time import StoryTime
from townsfolk.town.texts import NO_TEXTS, Language, Text, Texts

ALL = "all"
"""The audience of what everybody may know."""


class LoreFields(Entry):
    """What every entry of `knowledge/` may say of itself."""

    category: str | None = None
    importance: float = Field(0.5, ge=0, le=1)
    audience: str | list[str] = ALL
    """Who may know it: `all`, or agent and faction ids."""
    lang: Language | None = None
    valid_from: StoryTime | None = None
    valid_to: StoryTime | None = None


class Item(LoreFields):
    """A thing that can be shown, sold or given."""

    id: str
    name: Text
    aliases: Texts = NO_TEXTS
    description: Text
    price: int | None = Field(None, ge=1)
    """In the town's currency; left out when it is not for sale."""
    sold_by: list[str] = []


class QuestSecret(Entry):
    """A part of a quest that few know."""

    id: str
    text: Text
    audience: list[str] = Field(min_length=1)


class Reward(Entry):
    """What the player gets for a quest."""

    silver: int = Field(0, ge=0)
    items: list[str] = []


class Quest(LoreFields):
    """Something to do for an NPC. The summary and the reward are public."""

    id: str
    name: Text
    aliases: Texts = NO_TEXTS
    giver: str
    state: str = "open"
    summary: Text
    steps: list[Text] = []
    """Known to the giver only."""
    reward: Reward = Reward()
    secrets: list[QuestSecret] = []


def _written_id(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


class Record(LoreFields):
    """What we know of any other object of `knowledge/`; its other keys are told as they stand."""

    id: Annotated[str, BeforeValidator(_written_id)] | None = None
    """Made from the name or the place in the file when left out."""
    name: Text | None = None
    aliases: Texts = NO_TEXTS


class Note(LoreFields):
    """An object of a JSON file that has a name and a text, and nothing to be told beside it."""

    id: Annotated[str, BeforeValidator(_written_id)] | None = None
    name: Text
    aliases: Texts = NO_TEXTS
    text: Text
