"""Arguments of game actions, found in what was said."""

from __future__ import annotations

from typing import Any

from townsfolk.language.names import place_of
from townsfolk.language.numbers import numbers_in
from townsfolk.town.beats import PLAYER, Beat
from townsfolk.town.game_actions import SLOT_KEY, ActionDefinition
from townsfolk.town.town import Town
from townsfolk.turns.known import tellable
from townsfolk.turns.part import Part
from townsfolk.turns.situation import Situation


def fill_slots(
    town: Town, action: ActionDefinition, part: Part, situation: Situation, speech: str
) -> dict[str, Any]:
    """The arguments of an action as the line, or else the line before it, states them.

    What cannot be found is left out; the schema then tells that it is missing.
    """
    heard = tellable(town, situation, part.agent.id)
    beat = part.beat
    before = heard[-1].speech if heard else ""
    arguments: dict[str, Any] = {}
    items = {name: town.lore[name].names() for name in town.items}
    item = _named(speech, before, items, beat) or _named(before, "", items, beat)
    for parameter, schema in action.parameters.get("properties", {}).items():
        value: Any = None
        match schema.get(SLOT_KEY):
            case "item":
                value = item
            case "price":
                value = town.items[item].price if item else None
            case "quest":
                quests = {name: town.lore[name].names() for name in town.quests}
                value = _named(speech, before, quests, beat) or _named(before, "", quests, beat)
                value = value or next((id_ for id_ in beat.must_convey if id_ in quests), None)
            case "place":
                places = {e.id: e.names() for e in town.lore.values() if e.category == "place"}
                value = _named(speech, before, places, beat)
            case "amount":
                value = min(numbers_in(speech), default=None)
            case "addressee":
                value = beat.to or PLAYER
            case _:
                value = schema.get("const")
        if value is not None:
            arguments[parameter] = value
    return arguments


def _named(text: str, before: str, names: dict[str, list[str]], beat: Beat) -> str | None:
    """The thing that a text names.

    Of several, what the beat has to convey; else what was named before it too; else what comes
    first, by the longer name where two begin there.
    """
    found = []
    for identifier, known in names.items():
        places = [(place_of(text, name), -len(name)) for name in known]
        named = [(place, length) for place, length in places if place is not None]
        if named:
            asked = any(place_of(before, name) is not None for name in known)
            found.append((identifier not in beat.must_convey, not asked, min(named), identifier))
    return min(found)[-1] if found else None
