"""The file `town.yaml`."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from townsfolk.town.retrieval_config import RetrievalConfig
from townsfolk.town.schema import Entry, wrong_kind
from townsfolk.town.story_time import StoryTime
from townsfolk.town.texts import Language, Text
from townsfolk.town.world import WorldChanges


def _has_amount(text: Text) -> Text:
    if any("{amount}" not in variant for variant in text.variants):
        raise wrong_kind("a text with {amount} for the number, in each language")
    return text


class TownConfig(Entry):
    """What holds for the whole town."""

    name: Text
    languages: list[Language] = Field(["en"], min_length=1)
    default_language: Language | None = None
    """The first of `languages` when left out."""
    story_time: StoryTime | None = None
    currency: Annotated[Text, AfterValidator(_has_amount)] = Text(
        root={"en": "{amount} silver", "ko": "은화 {amount}닢"}
    )
    """How an amount of money is written, with `{amount}` for the number."""
    protected_names: list[str] = []
    """Names that are not in the lore and may be spoken all the same."""
    default_scene: str | None = None
    """The scene that `crewai run` plays; the only or the first one when left out."""
    retrieval: RetrievalConfig = RetrievalConfig()
    """How lore is searched."""
    world: WorldChanges = WorldChanges()
    """Start values of flags; purses, inventories and quests come from their own files."""

    def money(self, amount: int, language: str) -> str:
        """An amount as it is written in a language: `120 silver`, `은화 120닢`."""
        return self.currency.get(language).replace("{amount}", str(amount))
