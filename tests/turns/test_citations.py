"""Which lore a line rests on."""

from __future__ import annotations

import pytest

from tests.support.situations import moment
from townsfolk.town.town import Town
from townsfolk.turns.citations import citations
from townsfolk.turns.part import beat_part


def cited(
    town: Town,
    beat: str,
    speech: str,
    given: tuple[str, ...] = (),
    language: str = "en",
    scene: str = "town_arrival",
) -> list[str]:
    return citations(
        town,
        beat_part(town, beat),
        [town.lore[lore_id] for lore_id in given],
        moment(town, scene, language),
        speech,
    )


@pytest.mark.parametrize(
    ("speech", "language"),
    [
        ("On foot it is two silver.", "en"),
        ("걸어서 왔으니 은화 2닢이오.", "ko"),
    ],
)
def test_a_line_that_states_all_key_facts_of_a_given_entry_rests_on_it(
    town: Town, speech: str, language: str
) -> None:
    given = ("east_gate_toll", "grey_mist")
    assert cited(town, "arrival_challenge", speech, given, language) == ["east_gate_toll"]


def test_a_line_that_states_nothing_rests_on_nothing(town: Town) -> None:
    assert cited(town, "arrival_challenge", "Halt at the line.", ("east_gate_toll",)) == []


@pytest.mark.parametrize(
    ("speech", "language"),
    [
        ("The iron sword is 120 silver.", "en"),
        ("철검은 은화 120닢이오.", "ko"),
    ],
)
def test_items_are_found_though_they_were_not_given(town: Town, speech: str, language: str) -> None:
    assert cited(town, "arrival_challenge", speech, language=language) == ["iron_sword"]


def test_a_name_with_a_number_of_its_text_is_enough(town: Town) -> None:
    line = "They rang The Drowned Bell before 412."
    assert "drowned_bell" in cited(town, "arrival_challenge", line, ("drowned_bell",))


def test_a_name_with_several_words_of_its_text_is_enough(town: Town) -> None:
    line = "The Grey Mist smells of stone, and every night it climbs since midsummer."
    assert "grey_mist" in cited(town, "arrival_challenge", line, ("grey_mist",))


def test_a_mere_name_is_not_enough(town: Town) -> None:
    assert cited(town, "arrival_challenge", "Beware The Grey Mist.", ("grey_mist",)) == []


def test_what_the_beat_must_convey_is_always_cited_and_only_once(town: Town) -> None:
    line = "On foot, 2 silver."
    assert cited(town, "arrival_toll", line, ("east_gate_toll",)) == [
        "east_gate_toll",
        "east_gate_hours",
    ]


def test_given_entries_come_before_items(town: Town) -> None:
    line = "The iron sword is 120 silver, and the toll 2 silver."
    found = cited(town, "arrival_challenge", line, ("east_gate_toll",))
    assert found[:2] == ["east_gate_toll", "iron_sword"]


@pytest.mark.parametrize(
    ("beat", "present", "is_cited"),
    [
        ("haggling_sale", ("merchant", "dockhand"), True),
        ("haggling_sale", ("merchant", "dockhand", "player"), False),
        ("arrival_challenge", ("guard", "dockhand"), False),
    ],
    ids=["among those who know", "before one who may not", "by one who does not know"],
)
def test_an_item_that_few_know_is_cited_only_among_them(
    town: Town, beat: str, present: tuple[str, ...], is_cited: bool
) -> None:
    """The unsealed salt is known to the merchant and the dockhand alone."""
    salt = town.lore["unsealed_salt"]
    situation = moment(town, "market_haggling", present=present)
    found = citations(town, beat_part(town, beat), [], situation, salt.text("en"))
    assert (salt.id in found) is is_cited
