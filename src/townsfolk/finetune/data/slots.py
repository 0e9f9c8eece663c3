"""Values for the slots of practice families: names, numbers, places, each time others."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from townsfolk.finetune.data.wording_files import read_wording

_COUNTS = (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 16, 18, 20, 24, 30, 36, 40, 60)


def shared_kinds() -> frozenset[str]:
    """The slots that every family may use by name."""
    return frozenset(_KINDS)


def shared_value(kind: str, generator: random.Random) -> str:
    """A value of a shared slot, such as `person` or `price`."""
    return _KINDS[kind](generator)


@lru_cache(maxsize=1)
def _lists() -> Mapping[str, Any]:
    lists: Mapping[str, Any] = read_wording("slots.yaml")
    return lists


def _one_of(name: str) -> Callable[[random.Random], str]:
    return lambda generator: str(generator.choice(_lists()[name]))


def _joined(start: str, end: str) -> str:
    """Two syllables, without a letter three times or a break that cannot be said."""
    return start + (end[1:] if start[-1] == end[0] else end)


def _first(generator: random.Random) -> str:
    lists = _lists()
    return _joined(
        generator.choice(lists["first_syllables"]), generator.choice(lists["last_syllables"])
    )


def _surname(generator: random.Random) -> str:
    lists = _lists()
    return _joined(
        generator.choice(lists["surname_starts"]), generator.choice(lists["surname_ends"])
    )


def _person(generator: random.Random) -> str:
    return f"{_first(generator)} {_surname(generator)}"


def _town(generator: random.Random) -> str:
    lists = _lists()
    starts = lists["surname_starts"] + lists["first_syllables"]
    return _joined(generator.choice(starts), generator.choice(lists["town_ends"]))


def _inn(generator: random.Random) -> str:
    lists = _lists()
    return (
        f"the {generator.choice(lists['inn_adjectives'])} {generator.choice(lists['inn_things'])}"
    )


def _number(generator: random.Random) -> str:
    """A number as people say it, or in digits."""
    if generator.random() < 0.5:
        return str(generator.choice(_lists()["number_words"]))
    return str(generator.choice([*range(2, 41), 45, 48, 50, 55, 60, 75, 80, 90, 100, 120, 150]))


def _count(generator: random.Random) -> str:
    if generator.random() < 0.6:
        return str(generator.choice(_lists()["number_words"][1:20]))
    return str(generator.choice(_COUNTS))


def _year(generator: random.Random) -> str:
    return str(generator.randint(112, 998))


_KINDS: dict[str, Callable[[random.Random], str]] = {
    "person": _person,
    "first": _first,
    "town": _town,
    "inn": _inn,
    "river": _one_of("rivers"),
    "price": _number,
    "count": _count,
    "year": _year,
    "day": _one_of("days"),
    "trade": _one_of("trades"),
}
