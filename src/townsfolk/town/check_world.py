"""Names in conditions and in the states of the world that files set."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from townsfolk.town.conditions import Condition
from townsfolk.town.errors import Problem
from townsfolk.town.names import Named, Names
from townsfolk.town.source import Location, Source
from townsfolk.town.world import WorldChanges

_ARGUMENT = re.compile(r"\$(\w+)")


def check_world(
    world: WorldChanges, at: Location, names: Names, source: Source
) -> Iterator[Problem]:
    """Unknown names in what a file sets in the world."""
    for flag in world.flags:
        yield from check_name(flag, "flag", names.flags, (*at, "flags", flag), source)
    for quest in world.quests:
        yield from check_name(quest, "quest", names.quests, (*at, "quests", quest), source)
    for owner in world.purses:
        place = (*at, "purses", owner)
        yield from check_name(owner, "character", names.characters, place, source)
    for owner, held in world.items.items():
        place = (*at, "items", owner)
        yield from check_name(owner, "character", names.characters, place, source)
        for item in held:
            yield from check_name(item, "item", names.items, (*place, item), source)


def check_condition(
    condition: Condition | None,
    at: Location,
    names: Names,
    source: Source,
    arguments: Collection[str] = (),
) -> Iterator[Problem]:
    """Paths of a condition that lead to nothing. `$name` stands for one of the arguments."""
    parts = {
        "flags": ("flag", names.flags),
        "quests": ("quest", names.quests),
        "purses": ("character", names.characters),
        "items": ("character", names.characters),
    }
    for path in condition.root if condition else ():
        place = (*at, path)
        part, _, name = path.partition(".")
        if part not in parts:
            yield source.unknown(place, "part of the world", part, parts)
            continue
        kind, named = parts[part]
        if part == "items":
            name, _, item = name.partition(".")
            yield from check_name(item, "item", names.items, place, source, arguments)
        yield from check_name(name, kind, named, place, source, arguments)


def check_name(
    name: str,
    kind: str,
    named: Named,
    at: Location,
    source: Source,
    arguments: Collection[str] = (),
) -> Iterator[Problem]:
    """An unknown name, or an unknown argument where arguments may stand for names."""
    given = _ARGUMENT.findall(name) if arguments else []
    for argument in given:
        if argument not in arguments:
            known = [f"${known}" for known in arguments]
            yield source.unknown(at, "argument", f"${argument}", known)
    if not given and name not in named:
        yield source.unknown(at, kind, name, named)
