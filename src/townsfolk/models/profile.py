"""What a model can do; belongs to its deployment."""

from __future__ import annotations

from typing import Literal

from townsfolk.town.schema import Entry
from townsfolk.town.texts import LANGUAGES, Language

Strength = Literal["weak", "strong"]


class ModelProfile(Entry):
    """What the turn may ask of a model."""

    strength: Strength = "strong"
    """`weak` models speak one plain line; `strong` ones answer in structure."""
    context: int = 8192
    """Tokens of prompt and answer together."""
    json_schema: bool = True
    """Whether the server constrains answers to a JSON schema."""
    tools: bool = False
    """Whether it can call tools."""
    languages: tuple[Language, ...] = LANGUAGES
    """The languages it speaks well enough."""
