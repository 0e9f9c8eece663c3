"""Arguments of game actions, found in what was said."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from townsfolk.language.names import mentions
from townsfolk.language.numbers import numbers_in
from townsfolk.town.agents import Agent
from townsfolk.town.beats import PLAYER, Beat
from townsfolk.town.game_actions import SLOT_KEY, ActionDefinition
from townsfolk.town.town import Town
from townsfolk.turns.situation import Situation


def fill_slots(
    town: Town,
    action: ActionDefinition,
    agent: Agent,
    beat: Beat,
    situation: Situation,
    speech: str,
) -> dict[str, Any]:
    """The arguments of an action as the line, or else the line before it, states them.

    What cannot be found is left out; the schema then tells that it is missing.
    """
    heard = situation.heard_by(agent.id)
    texts = [speech, *(turn.speech for turn in heard[-1:])]
    arguments: dict[str, Any] = {}
    item = _named(texts, {name: town.lore[name].names() for name in town.items})
    for parameter, schema in action.parameters.get("properties", {}).items():
        value: Any = None
        match schema.get(SLOT_KEY):
            case "item":
                value = item
            case "price":
                value = town.items[item].price if item else None
            case "quest":
                value = _named(texts, {name: town.lore[name].names() for name in town.quests})
                value = value or _named(beat.must_convey, {q: [q] for q in town.quests})
            case "place":
                places = {e.id: e.names() for e in town.lore.values() if e.category == "place"}
                value = _named(texts[:1], places)
            case "amount":
                value = min(numbers_in(speech), default=None)
            case "addressee":
                value = beat.to or PLAYER
            case _:
                value = schema.get("const")
        if value is not None:
            arguments[parameter] = value
    return arguments


def _named(texts: Iterable[str], names: dict[str, list[str]]) -> str | None:
    """The thing that is named first in the earliest of the texts; the longer name where two fit."""
    for text in texts:
        found = [
            (-len(name), identifier)
            for identifier, known in names.items()
            for name in known
            if mentions(text, name)
        ]
        if found:
            return min(found)[1]
    return None
