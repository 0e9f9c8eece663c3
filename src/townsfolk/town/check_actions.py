"""Whether game actions can be done: their arguments, and the names in their effects."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import get_args

from townsfolk.town.check_world import check_condition, check_name
from townsfolk.town.errors import Problem
from townsfolk.town.game_actions import SLOT_KEY, ActionDefinition, Effect, Slot
from townsfolk.town.names import Named, Names
from townsfolk.town.source import Location, Source


def check_actions(
    actions: Mapping[str, ActionDefinition], names: Names, source: Source
) -> Iterator[Problem]:
    """Broken schemas, unknown slots, and effects on what does not exist."""
    for name, action in actions.items():
        yield from _check_schema(name, action.parameters, source)
        properties = action.parameters.get("properties", {})
        parameters = properties if isinstance(properties, dict) else {}
        for parameter, schema in parameters.items():
            slot = schema.get(SLOT_KEY) if isinstance(schema, dict) else None
            if slot is not None and slot not in get_args(Slot):
                at = (name, "parameters", "properties", parameter, SLOT_KEY)
                yield source.unknown(at, "slot", str(slot), get_args(Slot))
        arguments = {"npc", *parameters}
        yield from check_condition(action.requires, (name, "requires"), names, source, arguments)
        for index, effect in enumerate(action.effects):
            yield from _check_effect(effect, (name, "effects", index), names, source, arguments)


def _check_schema(name: str, schema: dict[str, object], source: Source) -> Iterator[Problem]:
    from jsonschema import Draft202012Validator, SchemaError

    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        at: Location = (name, "parameters", *error.absolute_path)
        yield source.problem(at, f"is no JSON schema: {error.message}")


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
