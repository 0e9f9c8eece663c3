"""Practice families: one thing there is to know, worded in many ways, with slots to fill."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict

from townsfolk.finetune.data.slots import shared_value
from townsfolk.finetune.data.wording_files import wording_named

SLOT = re.compile(r"\{(\w+)\}")

Values = Mapping[str, str]
"""The values of a family's slots."""


class Aspect(BaseModel):
    """Something that can be asked about a family."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    fact: list[str]
    """The slots that a right answer contains."""
    ask: list[str]
    say: list[str]


class Family(BaseModel):
    """A paragraph of lore in several wordings, and what can be asked about it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    slots: dict[str, str | list[str]]
    """Own values, or the name of a shared kind."""
    lore: list[str]
    aspects: list[Aspect]
    missing: list[str]
    """Questions about the same thing that the lore does not answer."""
    topic: list[str]
    """What those are about, as in "I know nothing of …"."""
    quoted: Literal["entry", "sentence"] = "entry"
    """What of the lore answers as it stands: all of it where it is short, or the sentence that has
    what is asked for; that sentence alone, as of a record."""

    def values(self, generator: random.Random) -> dict[str, str]:
        """A value for each slot; no two the same."""
        chosen: dict[str, str] = {}
        for slot, kind in self.slots.items():
            for _ in range(20):
                value = (
                    shared_value(kind, generator)
                    if isinstance(kind, str)
                    else generator.choice(kind)
                )
                if value not in chosen.values():
                    break
            chosen[slot] = value
        return chosen


def filled(text: str, values: Values) -> str:
    """A text with its slots filled; a slot that opens a sentence gets its capital."""
    whole = SLOT.sub(lambda slot: values[slot.group(1)], text)
    return capital(whole) if text[:1] == "{" and whole[-1:] in ".!" else whole


def going_on(text: str, values: Values) -> str:
    """A sentence with its slots filled as it goes on after a comma: names keep their capital."""
    whole = SLOT.sub(lambda slot: values[slot.group(1)], text)
    keeps = text[:1] == "{" or whole.split(" ", 1)[0] in ("I", "I'm", "I'd", "I'll", "I've")
    return whole if keeps else whole[:1].lower() + whole[1:]


def capital(sentence: str) -> str:
    """A sentence with a capital at its start."""
    return sentence[:1].upper() + sentence[1:]


@lru_cache(maxsize=1)
def families() -> Mapping[str, tuple[str, Family]]:
    """All families by their id, each with the name of its file, which is what it is about."""
    found: dict[str, tuple[str, Family]] = {}
    for file, entries in wording_named("families_*.yaml"):
        for name, entry in entries.items():
            found[name] = (file, Family.model_validate(entry))
    return found
