"""Game actions of a turn: checked against schema, lore and world, then done."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator

from townsfolk.town.agents import Agent
from townsfolk.town.beats import PLAYER
from townsfolk.town.conditions import Condition
from townsfolk.town.game_actions import SLOT_KEY, ActionDefinition, Effect
from townsfolk.town.town import Town
from townsfolk.town.transcript import GameAction
from townsfolk.town.world import World
from townsfolk.turns.claims import Proposal
from townsfolk.turns.part import Part


class ActionRejected(Exception):
    """Schema, lore or world do not agree to an action; the message says why."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the proposed actions, and the world after the accepted ones."""

    actions: list[GameAction]
    world: World

    @property
    def rejected(self) -> list[GameAction]:
        """Those that schema, lore or world did not agree to."""
        return [action for action in self.actions if not action.accepted]


def perform(
    town: Town, part: Part, proposed: Iterable[Proposal], world: World, present: Collection[str]
) -> Outcome:
    """The proposed actions, each accepted or rejected with the reason; `world` stays as it is."""
    done: list[GameAction] = []
    world = world.model_copy(deep=True)
    for name, arguments in proposed:
        try:
            if name not in part.allowed_actions:
                raise ActionRejected(f"{part.agent.id} may not do {name} here")
            definition = town.actions[name]
            _check_arguments(town, definition, arguments, present)
            world = _changed(town, part.agent, definition, arguments, world)
        except ActionRejected as rejection:
            reason = str(rejection)
            done.append(GameAction(name=name, arguments=arguments, accepted=False, reason=reason))
        else:
            done.append(GameAction(name=name, arguments=arguments))
    return Outcome(done, world)


def _check_arguments(
    town: Town, action: ActionDefinition, arguments: dict[str, Any], present: Collection[str]
) -> None:
    """The schema, and the lore: things that exist, at their price."""
    for error in Draft202012Validator(action.parameters).iter_errors(arguments):
        raise ActionRejected(error.message)
    properties = action.parameters.get("properties", {})
    items = [name for name, schema in properties.items() if schema.get(SLOT_KEY) == "item"]
    item = next((arguments.get(name) for name in items), None)
    places = {entry.id for entry in town.lore.values() if entry.category == "place"}
    for parameter, schema in properties.items():
        value = arguments.get(parameter)
        if value is None:
            continue
        match schema.get(SLOT_KEY):
            case "item" if value not in town.items:
                raise ActionRejected(f"there is no item {value!r}")
            case "quest" if value not in town.quests:
                raise ActionRejected(f"there is no quest {value!r}")
            case "place" if value not in places:
                raise ActionRejected(f"there is no place {value!r}")
            case "addressee" if value not in present:
                raise ActionRejected(f"{value} is not here")
            case "price":
                price = town.items[item].price if item in town.items else None
                if value != price:
                    raise ActionRejected(f"{item} costs {price}, not {value}")


def _changed(
    town: Town, agent: Agent, action: ActionDefinition, arguments: dict[str, Any], world: World
) -> World:
    """The world after all effects of an action. Raises ActionRejected, and then there is none."""
    values = {**arguments, "npc": agent.id}
    if action.requires is not None:
        filled = {_fill(path, values): wanted for path, wanted in action.requires.root.items()}
        if not Condition(root=filled).holds(world):
            needs = ", ".join(f"{path} is {wanted}" for path, wanted in filled.items())
            raise ActionRejected(f"needs: {needs}")
    trial = world.model_copy(deep=True)
    for effect in action.effects:
        _take_effect(town, effect, values, trial)
    return trial


def _take_effect(town: Town, effect: Effect, values: dict[str, Any], world: World) -> None:
    if effect.set is not None:
        world.flags.update(effect.set)
    if effect.pay is not None:
        payer, payee = _fill(effect.pay.from_, values), _fill(effect.pay.to, values)
        amount = _amount(effect.pay.amount, values)
        if world.purses.get(payer, 0) < amount:
            raise ActionRejected(f"{payer} has {world.purses.get(payer, 0)}, not {amount}")
        world.pay(payer, payee, amount)
    if effect.give is not None:
        giver, receiver = _fill(effect.give.from_, values), _fill(effect.give.to, values)
        item = _fill(effect.give.item, values)
        if world.items.get(giver, {}).get(item, 0) < 1:
            raise ActionRejected(f"{giver} has no {item}")
        world.give(giver, receiver, item)
    if effect.quest is not None:
        world.quests[_fill(effect.quest.id, values)] = effect.quest.state
    if effect.reward is not None:
        quest = town.quests.get(_fill(effect.reward, values))
        if quest is None:
            raise ActionRejected(f"there is no quest {_fill(effect.reward, values)!r}")
        reward = quest.reward
        world.purses[PLAYER] = world.purses.get(PLAYER, 0) + reward.silver
        held = world.items.setdefault(PLAYER, {})
        for item in reward.items:
            held[item] = held.get(item, 0) + 1


def _amount(amount: int | str, values: dict[str, Any]) -> int:
    value = values.get(amount[1:]) if isinstance(amount, str) else amount
    if not isinstance(value, int) or value < 1:
        raise ActionRejected(f"{amount} is no amount")
    return value


def _fill(text: str, values: dict[str, Any]) -> str:
    def value(match: re.Match[str]) -> str:
        if match.group(1) not in values:
            raise ActionRejected(f"{match.group()} is not stated")
        return str(values[match.group(1)])

    return re.sub(r"\$(\w+)", value, text)
