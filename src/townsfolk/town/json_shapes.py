"""Where the entries of a JSON file stand, and how an object that is none of ours is read."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from townsfolk.town.catalogue import LoreFields, Note, Record
from townsfolk.town.errors import Problem, listing
from townsfolk.town.schema import validate
from townsfolk.town.source import Location, Source
from townsfolk.town.texts import LANGUAGES

NAME_KEYS = ("name", "title", "이름", "제목")
"""Keys that name an entry; the first one that stands."""
_KNOWN = frozenset({*Record.model_fields, "title", "text"})
_DEFAULTS = frozenset(LoreFields.model_fields)
_WRAPPERS = frozenset(
    {"entries", "records", "items", "notes", "lore", "data", "documents", "passages"}
)
"""Keys that may hold a file's list beside what the file says of itself."""
_OF_A_LIST = frozenset(
    {*NAME_KEYS, "version", "format", "schema", "$schema", "comment", "author", "date", "updated"}
)
"""Keys beside a list that say something of the file and are not lore."""
_SHORT = 6
_ALIKE = 0.85


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands, and what its file says for it."""

    at: Location
    defaults: dict[str, Any] = field(default_factory=dict)
    key: str = ""
    """Its key where a file is a mapping of entries."""
    path: tuple[str, ...] = ()
    """The title of the list that it stands in."""
    alone: bool = False
    """It is all that its file holds."""


def places(data: Any) -> list[Place]:
    """The entries of a file: a list, an object around one list, objects by key, or one object."""
    if isinstance(data, list):
        return [Place((index,)) for index in range(len(data))]
    if not isinstance(data, dict):
        return [Place((), alone=True)]
    lists = [key for key, value in data.items() if _are_objects(value)]
    rest = {key: value for key, value in data.items() if key not in lists}
    if len(lists) == 1 and _is_wrapper(lists[0], rest):
        defaults = {key: value for key, value in rest.items() if key in _DEFAULTS}
        path = tuple(v for key in NAME_KEYS if isinstance(v := rest.get(key), str))[:1]
        return [
            Place((lists[0], index), defaults, path=path) for index in range(len(data[lists[0]]))
        ]
    if len(data) > 1 and all(isinstance(v, dict) and not by_language(v) for v in data.values()):
        return [Place((key,), key=key) for key in data]
    return [Place((), alone=True)]


def _is_wrapper(key: str, rest: Mapping[str, Any]) -> bool:
    """Whether an object is only there for its list: nothing else in it is lore."""
    others = rest.keys() - _DEFAULTS
    return not others or (key in _WRAPPERS and others <= _OF_A_LIST)


def by_language(value: Any) -> bool:
    """Whether a value is a text, or a list of texts, written by language."""
    return isinstance(value, dict) and bool(value) and set(value) <= set(LANGUAGES)


def _are_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value)


def joined_languages(value: Mapping[str, Any]) -> dict[str, Any]:
    """An object with `name_en` and `name_ko` as one with `name` by language."""
    found = dict(value)
    for key in value:
        base = key[: -len("_en")]
        variants = {language: f"{base}_{language}" for language in LANGUAGES}
        if not key.endswith("_en") or not base or base in value:
            continue
        if all(isinstance(value.get(name), str | list) for name in variants.values()):
            found[base] = {lang: found.pop(name) for lang, name in variants.items()}
    return found


@dataclass(slots=True)
class ReadObject:
    """An object that is a note or a record."""

    known: Note | Record
    told: dict[str, Any]
    """What is told of a record: all keys that we do not know."""


def read_object(source: Source, place: Place, problems: list[Problem]) -> ReadObject | None:
    """A note, or a record of what else there may be; None, with problems, if we cannot tell."""
    value: Any = source.data
    for step in place.at:
        value = value[step]
    given = {**place.defaults, **joined_languages(value)}
    given = {key: held for key, held in given.items() if held is not None}
    misspelt = [problem for key in given if (problem := _misspelt(source, place.at, key, given))]
    name_key = next((key for key in NAME_KEYS if key in given), None)
    known = {key: held for key, held in given.items() if key in Record.model_fields}
    if name_key is not None:
        known["name"] = given[name_key]
    told = {key: held for key, held in given.items() if key not in known and key != name_key}
    misspelt += [
        source.problem((*place.at, *at), "an audience inside of an entry would not be kept", "",
                       "make this part an entry of its own")
        for at in _audiences(told)
    ]  # fmt: skip
    problems.extend(misspelt)
    shape: type[Note | Record] = Record
    if set(told) == {"text"} and name_key is not None:
        shape, known = Note, known | told
    part = source.part(place.at, known)
    if name_key is not None:
        part.lines[("name",)] = source.line((*place.at, name_key)) or 1
    found: list[Problem] = []
    entry = validate(shape, part, found)
    before = "".join(f"{step}." for step in place.at)
    for problem in found:
        key = problem.key.replace("name", name_key, 1) if name_key else problem.key
        problems.append(replace(problem, key=f"{before}{key}".rstrip(".")))
    return None if entry is None or misspelt else ReadObject(entry, told)


def _misspelt(source: Source, at: Location, key: str, given: Iterable[str]) -> Problem | None:
    """The problem of a key that is nearly one of ours, so that an audience is never lost."""
    meant = _meant(key)
    if meant is None or meant in given:
        return None
    found = f"unknown key {key!r}"
    return source.problem((*at, key), found, listing(_KNOWN), f"did you mean {meant!r}?")


@lru_cache(maxsize=10_000)
def _meant(key: str) -> str | None:
    if key in _KNOWN:
        return None
    return next((name for name in sorted(_KNOWN) if _nearly(key.lower(), name)), None)


def _nearly(key: str, name: str) -> bool:
    if len(name) < _SHORT:
        return len(name) > 2 and key != name and sorted(key) == sorted(name)
    return difflib.SequenceMatcher(None, key[:100], name).ratio() >= _ALIKE


def _audiences(value: Any, at: Location = ()) -> Iterator[Location]:
    """Where values inside of an entry state an audience of their own."""
    held = enumerate(value) if isinstance(value, list) else ()
    for step, inner in value.items() if isinstance(value, dict) else held:
        if step == "audience":
            yield (*at, step)
        yield from _audiences(inner, (*at, step))


def strings(value: Any) -> Iterator[str]:
    """All texts in a value, at any depth."""
    if isinstance(value, str):
        yield value
    held = value if isinstance(value, list) else ()
    for inner in value.values() if isinstance(value, dict) else held:
        yield from strings(inner)
