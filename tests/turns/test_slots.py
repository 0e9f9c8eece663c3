"""Arguments of game actions, found in what was said."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.situations import moment
from townsfolk.town.beats import Beat
from townsfolk.town.texts import Text
from townsfolk.town.town import Town
from townsfolk.turns.part import Part
from townsfolk.turns.slots import fill_slots


def beat(agent: str, to: str | None = "player", must_convey: tuple[str, ...] = ()) -> Beat:
    line = Text(root={"": "Well."})
    return Beat(
        agent=agent,
        description=line,
        expected_output=line,
        to=to,
        must_convey=list(must_convey),
        authored=line,
    )


def filled(
    town: Town,
    action: str,
    speech: str,
    heard: str = "",
    language: str = "en",
    of: Beat | None = None,
) -> dict[str, Any]:
    of = of or beat("merchant")
    part = Part(town.agents[of.agent], of)
    situation = moment(town, "market_haggling", language, heard)
    return fill_slots(town, town.actions[action], part, situation, speech)


@pytest.mark.parametrize(
    ("speech", "language"),
    [
        ("The oak shield is yours, sold!", "en"),
        ("참나무 방패, 여기 있어요.", "ko"),
    ],
)
def test_a_sale_takes_the_item_its_price_in_the_lore_and_the_addressee(
    town: Town, speech: str, language: str
) -> None:
    expected = {"item": "oak_shield", "price": 55, "buyer": "player"}
    assert filled(town, "sell", speech, language=language) == expected


def test_the_price_is_that_of_the_lore_whatever_the_line_says(town: Town) -> None:
    assert filled(town, "sell", "The oak shield for 3 silver, sold!")["price"] == 55


def test_an_item_that_the_line_does_not_name_is_taken_from_the_line_before(town: Town) -> None:
    assert filled(town, "sell", "Sold!", "I will take the hemp rope.")["item"] == "hemp_rope"


def test_of_several_items_the_one_the_beat_must_convey_counts(town: Town) -> None:
    speech = "Beside the oak shield, hemp rope is 6 silver."
    of = beat("merchant", must_convey=("hemp_rope",))
    assert filled(town, "show_item", speech, of=of)["item"] == "hemp_rope"


def test_of_several_items_the_one_that_was_asked_for_counts(town: Town) -> None:
    speech = "With the oak shield or without, hemp rope is 6 silver."
    asked = "What is the hemp rope?"
    assert filled(town, "show_item", speech, asked)["item"] == "hemp_rope"


def test_of_several_items_the_first_counts(town: Town) -> None:
    assert filled(town, "show_item", "Here is a lantern and lamp oil.")["item"] == "lantern"


def test_of_two_names_that_begin_together_the_longer_counts(town: Town) -> None:
    assert filled(town, "show_item", "That lamp oil is dear.")["item"] == "lamp_oil"


def test_what_nobody_named_is_left_out(town: Town) -> None:
    assert filled(town, "sell", "Sold!") == {"buyer": "player"}


@pytest.mark.parametrize(
    ("speech", "language"),
    [
        ("Will you take up the Drowned Bell?", "en"),
        ("'가라앉은 종' 일을 맡아 주겠나?", "ko"),
    ],
)
def test_a_quest_is_the_one_that_is_named(town: Town, speech: str, language: str) -> None:
    of = beat("quest_giver")
    assert filled(town, "offer_quest", speech, language=language, of=of) == {
        "quest": "main_quest_01"
    }


def test_a_quest_that_nobody_names_is_the_one_the_beat_must_convey(town: Town) -> None:
    of = beat("quest_giver", must_convey=("grey_mist", "side_fever_tea"))
    assert filled(town, "offer_quest", "Will you?", of=of) == {"quest": "side_fever_tea"}


@pytest.mark.parametrize(
    ("speech", "heard", "place"),
    [
        ("Leave by the East Gate for the Mill Pool.", "Where is the Mill Pool?", "mill_pool"),
        ("Leave by the East Gate for the Mill Pool.", "", "east_gate"),
        ("Straight on.", "Where is the Mill Pool?", None),
    ],
)
def test_a_place_is_the_one_that_the_line_names_and_that_was_asked_for(
    town: Town, speech: str, heard: str, place: str | None
) -> None:
    assert filled(town, "give_directions", speech, heard).get("place") == place


@pytest.mark.parametrize(
    ("speech", "language", "amount"),
    [
        ("A toll of 2 silver, counted.", "en", 2),
        ("통행세 은화 두 닢, 받았소.", "ko", 2),
        ("Toll? Not yet.", "en", None),
    ],
)
def test_an_amount_is_a_number_that_the_line_states(
    town: Town, speech: str, language: str, amount: int | None
) -> None:
    of = beat("guard")
    found = filled(town, "collect_toll", speech, "Here are 9 silver.", language, of)
    assert found.get("amount") == amount


def test_who_is_spoken_to_by_nobody_in_particular_is_the_player(town: Town) -> None:
    assert filled(town, "refuse_entry", "Not tonight.", of=beat("guard", to=None)) == {
        "who": "player"
    }
    assert filled(town, "refuse_entry", "Not tonight.", of=beat("guard", to="dockhand")) == {
        "who": "dockhand"
    }


def test_an_action_without_parameters_needs_nothing(town: Town) -> None:
    assert filled(town, "open_gate", "The gate is open.", of=beat("guard")) == {}
