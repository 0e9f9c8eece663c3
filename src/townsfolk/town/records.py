"""Objects of any shape, told so that they can be read and found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from townsfolk.town.json_shapes import by_language, strings
from townsfolk.town.slugs import readable
from townsfolk.town.texts import LANGUAGES, Language, Text
from townsfolk.town.written_language import detect_language

_SNAKE_CASE = re.compile(r"^[a-z0-9]+(?:_[a-z0-9]+)+$")
_PROSE = frozenset({
    "text", "description", "desc", "summary", "body", "content", "contents", "lore", "background",
    "backstory", "biography", "bio", "story", "details", "detail", "note", "notes", "passage",
    "본문", "내용", "설명", "요약", "배경", "이야기", "소개",
})  # fmt: skip
"""Keys whose value is told without the key."""
_YES_AND_NO = {"en": ("yes", "no"), "ko": ("예", "아니요")}
_SENTENCE_END = re.compile(r"[.!?…。」』\"'”’)\]]$")


def languages_of(value: Any) -> list[Language]:
    """The languages that an object is written in: by its keys `en` and `ko`, else by its texts."""
    named = set(_named(value))
    if named:
        return [language for language in LANGUAGES if language in named]
    detected = detect_language("\n".join(strings(value)))
    return [detected] if detected else []


def _named(value: Any) -> Iterator[str]:
    if by_language(value):
        yield from value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _named(inner)


def texts_and_facts(
    told: Mapping[str, Any], language: str, people: Mapping[str, Text]
) -> tuple[list[str], list[tuple[str, str]]]:
    """What is told in sentences, and what is told as `key – value`."""
    texts: list[str] = []
    facts: list[tuple[str, str]] = []
    for key, held in told.items():
        prose = key.lower() in _PROSE
        value = _in_words(held, language, people, " " if prose else ", ")
        if value and prose:
            texts.append(value if _SENTENCE_END.search(value) else f"{value}.")
        elif value:
            facts.append((readable(key), value.rstrip(".") if "; " not in value else value))
    return texts, facts


def _in_words(value: Any, language: str, people: Mapping[str, Text], between: str = ", ") -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        yes, no = _YES_AND_NO[language]
        return yes if value else no
    if isinstance(value, str):
        return _word(value, language, people)
    if by_language(value):
        chosen = value[language] if language in value else next(iter(value.values()))
        return _in_words(chosen, language, people, between)
    if isinstance(value, dict):
        told = {key: _in_words(inner, language, people) for key, inner in value.items()}
        return ", ".join(f"{readable(key)}: {words}" for key, words in told.items() if words)
    if isinstance(value, list):
        found = [words for inner in value if (words := _in_words(inner, language, people))]
        return ("; " if any(isinstance(v, dict) for v in value) else between).join(found)
    return str(value)


def _word(value: str, language: str, people: Mapping[str, Text]) -> str:
    """A text as it stands; an id as the name of its person, or in words."""
    text = " ".join(value.split())
    if text in people:
        return people[text].get(language)
    return text.replace("_", " ") if _SNAKE_CASE.match(text) else text
