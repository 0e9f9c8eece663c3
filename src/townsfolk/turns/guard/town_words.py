"""All words that a town's author wrote, by language: what a line may be made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from townsfolk.language.names import capitalised, name_pairs
from townsfolk.language.sentences import words
from townsfolk.town.texts import Text, Texts
from townsfolk.town.town import Town
from townsfolk.turns.known import sayable

_HIDDEN = {"secrets", "relationships", "taboos", "fallback_lines", "refusals"}
"""Parts of a profile that name what may not be spoken of, or speak in no world at all."""


@dataclass(frozen=True, eq=False)
class TownWords:
    """The words of a town's texts in one language, but for what is confidential."""

    text: str
    """All texts, one a line."""
    words: frozenset[str]
    lower: frozenset[str]
    """Words that stand somewhere in lower case, so that they are no names only."""
    name_pairs: frozenset[tuple[str, str]]
    """Words with a capital that stand beside one another, in lower case."""

    def has(self, part: str) -> bool:
        """Whether letters stand anywhere in the texts, whatever is around them."""
        return part in self.text


@lru_cache(maxsize=256)
def words_for(town: Town, agent_id: str, present: frozenset[str], language: str) -> TownWords:
    """The words of all that an NPC may speak of before these hearers."""
    lore = [
        piece
        for entry in sayable(town, agent_id, present)
        for piece in (entry.text(language), *entry.names(language))
    ]
    texts = [*lore, *_authored(town, language)]
    joined = "\n".join(texts)
    return TownWords(
        text=joined if language == "en" else f"{joined}\n{re.sub(r' +', '', joined)}",
        words=frozenset(words(joined)),
        lower=frozenset(re.findall(r"\b[a-zà-ÿ]+\b", joined)),
        name_pairs=frozenset(pair for text in texts for pair in name_pairs(text)),
    )


@lru_cache(maxsize=16)
def _authored(town: Town, language: str) -> tuple[str, ...]:
    """Names, people, scenes, beats and dialogues, as they are written."""
    parts: Iterable[Any] = (
        town.config, *town.agents.values(), *town.beats.values(), *town.scenes.values(),
        *town.items.values(), *town.quests.values(),
    )  # fmt: skip
    texts = [text for part in parts for text in _texts(part, language)]
    texts += town.config.protected_names
    spoken = [text for row in town.dialogues for text in (row.output,)]
    hangul = language == "ko"
    return (*texts, *(text for text in spoken if bool(re.search(r"[가-힣]", text)) == hangul))


def _texts(value: Any, language: str) -> Iterator[str]:
    """Every text in a model, however deep, in one language."""
    if isinstance(value, Text):
        yield value.get(language)
    elif isinstance(value, Texts):
        yield from value.get(language)
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            if name not in _HIDDEN:
                yield from _texts(getattr(value, name), language)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts(getattr(value, field.name), language)
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part, language)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part, language)


def capital_words(texts: Iterable[str]) -> frozenset[str]:
    """Words that bear a capital where no sentence opens, in lower case."""
    return frozenset(word.lower() for text in texts for word in capitalised(text))
