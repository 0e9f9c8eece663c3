"""Who an NPC is: its profile, in `agents.yaml` or in `knowledge/npcs/`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, NonNegativeInt, PositiveInt

from townsfolk.town.schema import Entry, wrong_kind
from townsfolk.town.texts import LANGUAGES, NO_TEXTS, Language, Text, Texts

KoreanLevel = Literal["하십시오체", "해요체", "하오체", "하게체", "해라체", "해체"]
"""The six Korean speech levels (상대 높임법), from the most formal to the most familiar."""


class Speech(Entry):
    """How an NPC talks."""

    register_: Text = Field(alias="register")
    """One sentence on how it talks."""
    korean_level: KoreanLevel | None = None
    """The speech level that every Korean line of it keeps."""
    catchphrases: Texts = NO_TEXTS
    sample_lines: Texts = NO_TEXTS
    """Lines in its voice; shown to strong models, and what the guard knows of its words."""


class Relationship(Entry):
    """What an NPC thinks of another; known to itself alone."""

    with_: str = Field(alias="with")
    """An agent id."""
    text: Text


class Secret(Entry):
    """What an NPC knows and others do not."""

    id: str
    text: Text
    audience: list[str] = []
    """Agent and faction ids that know it too."""


def _has_lines(texts: Texts) -> Texts:
    if not texts.variants:
        raise wrong_kind("one text or more for each language")
    return texts


class Persona(Entry):
    """An NPC's profile. Name, trade, city, personality and background are public."""

    name: Text
    aliases: Texts = NO_TEXTS
    trade: Text
    city: Text
    language: list[Language] = list(LANGUAGES)
    """The languages it speaks."""
    age: PositiveInt | None = None
    factions: list[str] = []
    personality: Text
    background: Text
    speech: Speech
    relationships: list[Relationship] = []
    taboos: Texts = NO_TEXTS
    """What it refuses to talk about."""
    fallback_lines: Annotated[Texts, AfterValidator(_has_lines)]
    """Said when the model's line cannot be used: in voice, without facts."""
    refusals: Texts = NO_TEXTS
    """Said in place of a line in which the model left the character."""
    secrets: list[Secret] = []
    purse: int = Field(0, ge=0)
    inventory: dict[str, NonNegativeInt] = {}
    """Item ids and how many it carries at the start."""

    def names(self, language: str) -> list[str]:
        """What it is called: its name, then its aliases."""
        return [self.name.get(language), *self.aliases.get(language)]

    def own_lines(self, language: str) -> list[str]:
        """All lines that are written down in its voice."""
        texts = (
            self.speech.catchphrases,
            self.speech.sample_lines,
            self.fallback_lines,
            self.refusals,
        )
        return [line for text in texts for line in text.get(language)]
