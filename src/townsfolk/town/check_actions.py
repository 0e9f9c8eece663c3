"""Whether game actions can be done: their arguments, and the names in their effects."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import get_args

from townsfolk.town.check_world import check_condition, check_name
from townsfolk.town.errors import Problem, shown
from townsfolk.town.game_actions import SLOT_KEY, ActionDefinition, Effect, Slot
from townsfolk.town.names import Named, Names
from townsfolk.town.source import Location, Source

_NUMBER_SLOTS = {"price", "amount"}
_NUMBERS = ("integer", "number")
_TEXTS = ("string",)
_REFERENCES = {"$ref", "$dynamicRef"}
_VALUES = {"const", "default", "enum", "examples"}
"""Keys of a JSON schema under which values stand, and no schemas."""


def check_actions(
    actions: Mapping[str, ActionDefinition], names: Names, source: Source
) -> Iterator[Problem]:
    """Broken schemas, unknown slots, and effects on what does not exist."""
    for name, action in actions.items():
        yield from _check_schema(name, action.parameters, source)
        properties = action.parameters.get("properties", {})
        parameters = properties if isinstance(properties, dict) else {}
        for parameter, schema in parameters.items():
            at = (name, "parameters", "properties", parameter)
            yield from _check_parameter(schema, at, source)
        arguments = {"npc", *parameters}
        yield from check_condition(action.requires, (name, "requires"), names, source, arguments)
        for index, effect in enumerate(action.effects):
            yield from _check_effect(effect, (name, "effects", index), names, source, arguments)


def _check_parameter(schema: object, at: Location, source: Source) -> Iterator[Problem]:
    """The slot of a parameter, and whether the parameter can hold what the slot gives."""
    if not isinstance(schema, dict):
        yield source.problem(at, f"found {shown(schema)}", "a mapping")
        return
    slot = schema.get(SLOT_KEY)
    if slot is None:
        return
    if slot not in get_args(Slot):
        yield source.unknown((*at, SLOT_KEY), "slot", str(slot), get_args(Slot))
        return
    stated = schema.get("type")
    types = stated if isinstance(stated, list) else [stated]
    given = _NUMBERS if slot in _NUMBER_SLOTS else _TEXTS
    if stated is not None and not any(kind in types for kind in given):
        allowed = " or ".join(given)
        remedy = f"what {SLOT_KEY}: {slot} gives is of that type"
        yield source.problem((*at, "type"), f"found {shown(stated)}", allowed, remedy)


def _check_schema(name: str, schema: dict[str, object], source: Source) -> Iterator[Problem]:
    from jsonschema import Draft202012Validator, SchemaError

    at: Location = (name, "parameters")
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        yield source.problem((*at, *error.absolute_path), f"is no JSON schema: {error.message}")
        return
    for place, reference in _references(schema):
        if not _leads_somewhere(schema, reference):
            found = f"{reference!r} leads to no schema"
            remedy = "point to a part of this schema, as in #/$defs/NAME"
            yield source.problem((*at, *place), found, remedy=remedy)


def _references(schema: object, at: Location = ()) -> Iterator[tuple[Location, str]]:
    """Every reference in a schema, and where it stands."""
    if isinstance(schema, list):
        for index, part in enumerate(schema):
            yield from _references(part, (*at, index))
    elif isinstance(schema, dict):
        for key, part in schema.items():
            if key in _REFERENCES and isinstance(part, str):
                yield (*at, key), part
            elif key not in _VALUES:
                yield from _references(part, (*at, key))


def _leads_somewhere(schema: dict[str, object], reference: str) -> bool:
    """Whether a reference ends at a schema: one inside this one, and not in a circle.

    Nothing is fetched, so an address of another schema leads nowhere too.
    """
    from referencing import Registry
    from referencing.exceptions import Unresolvable
    from referencing.jsonschema import DRAFT202012

    resolver = Registry().resolver_with_root(DRAFT202012.create_resource(schema))
    followed: set[str] = set()
    target: object = {"$ref": reference}
    while isinstance(target, dict) and isinstance(target.get("$ref"), str):
        if target["$ref"] in followed:
            return False
        followed.add(target["$ref"])
        try:
            target = resolver.lookup(target["$ref"]).contents
        except (Unresolvable, ValueError):
            # A ValueError: a name where a list wants a number.
            return False
    return isinstance(target, dict | bool)


def _check_effect(
    effect: Effect, at: Location, names: Names, source: Source, arguments: Collection[str]
) -> Iterator[Problem]:
    for flag in effect.set or ():
        yield from check_name(flag, "flag", names.flags, (*at, "set", flag), source)
    references: list[tuple[Location, str, str, Named]] = []
    if effect.pay is not None:
        pay = effect.pay
        references.append((("pay", "from"), "character", pay.from_, names.characters))
        references.append((("pay", "to"), "character", pay.to, names.characters))
        amount = pay.amount
        if isinstance(amount, str) and not (amount[:1] == "$" and amount[1:] in arguments):
            known = [f"${argument}" for argument in arguments]
            yield source.unknown((*at, "pay", "amount"), "argument", amount, known)
    if effect.give is not None:
        give = effect.give
        references.append((("give", "from"), "character", give.from_, names.characters))
        references.append((("give", "to"), "character", give.to, names.characters))
        references.append((("give", "item"), "item", give.item, names.items))
    if effect.quest is not None:
        references.append((("quest", "id"), "quest", effect.quest.id, names.quests))
    if effect.reward is not None:
        references.append((("reward",), "quest", effect.reward, names.quests))
    for steps, kind, name, named in references:
        yield from check_name(name, kind, named, (*at, *steps), source, arguments)
