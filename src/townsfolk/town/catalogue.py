"""Items and quests: the lore entries that game actions look up."""

from __future__ import annotations

from pydantic import Field

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


class Note(LoreFields):
    """Any other entry of a JSON list in `knowledge/`."""

    id: str
    name: Text
    aliases: Texts = NO_TEXTS
    text: Text
