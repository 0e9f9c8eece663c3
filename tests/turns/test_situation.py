"""A moment of a scene: what each has heard."""

from __future__ import annotations

from dataclasses import replace

from tests.support.situations import moment, said
from townsfolk.town.town import Town


def test_each_character_heard_the_lines_it_was_there_for(town: Town) -> None:
    first = said("guard", "Halt.", ("guard", "player"), 1)
    second = said("merchant", "Welcome.", ("merchant", "guard", "player"), 2)
    situation = replace(moment(town, "town_arrival"), turns=(first, second))
    assert situation.heard_by("merchant") == [second]
    assert situation.heard_by("guard") == [first, second]
    assert situation.heard_by("clerk") == []


def test_the_next_turn_is_counted_from_one_whoever_heard_the_others(town: Town) -> None:
    situation = moment(town, "town_arrival")
    assert situation.number == 1
    assert replace(situation, turns=(said("guard", "Halt.", ("guard",)),)).number == 2
