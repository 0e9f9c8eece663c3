"""Names in a text: who and what is mentioned, and which names nobody knows."""

from __future__ import annotations

import pytest

from townsfolk.language.names import capitalised, mentions, name_words, place_of, unknown_names


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ask Brannoc at the mill.", ["Brannoc"]),
        ("She went to Mill Pool with Edo.", ["Mill", "Pool", "Edo"]),
        ("The way to Oswin's tower.", ["Oswin's"]),
        ("Nothing here.", []),
    ],
)
def test_capitalised_words_inside_a_sentence_are_names(text: str, found: list[str]) -> None:
    assert [*capitalised(text)] == found


@pytest.mark.parametrize(
    "text",
    [
        "Brannoc waits. Nobody comes.",
        'He called "Stop" twice.',
        "Well... Perhaps not.",
        "the gate — Closed.",
        "Here is the price: Six.",
    ],
)
def test_a_capital_that_opens_a_sentence_or_quotation_is_no_name(text: str) -> None:
    assert [*capitalised(text)] == []


@pytest.mark.parametrize("word", ["I", "I'm", "I’ll", "Aye", "Gods"])
def test_words_that_are_always_capitalised_are_no_names(word: str) -> None:
    assert [*capitalised(f"And {word} say no.")] == []


def test_known_names_are_taken_from_any_text_without_possessives() -> None:
    assert name_words(["Oswin's tower", "the Mill Pool", "plain words"]) == {
        "oswin",
        "mill",
        "pool",
    }


def test_only_names_that_are_not_known_are_unknown() -> None:
    known = name_words(["Oswin Hale"])
    assert unknown_names("Go to Oswin's house and ask Brannoc.", known) == ["Brannoc"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The iron sword is 120 silver.", "iron sword"),
        ("IRON SWORD!", "Iron Sword"),
        ("iron  sword", "iron sword"),
        ("two lanterns", "lantern"),
        ("the lantern's wick", "Lantern"),
        ("Oswin’s bell", "Oswin"),
    ],
)
def test_english_names_are_found_in_any_case_and_with_an_s(text: str, name: str) -> None:
    assert mentions(text, name)


@pytest.mark.parametrize(
    ("text", "name"),
    [("lanternfish", "lantern"), ("ironclad", "iron"), ("the iron", "iron sword"), ("", "iron")],
)
def test_parts_of_english_words_and_names_do_not_count(text: str, name: str) -> None:
    assert not mentions(text, name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("철검은 은화 120닢이에요.", "철검"),
        ("잿빛안개가 올라온다", "잿빛 안개"),
        ("물레 방아 못까지", "물레방아 못"),
        ("도란에게 물어보게", "도란"),
    ],
)
def test_korean_names_are_found_before_particles_and_however_spaced(text: str, name: str) -> None:
    assert mentions(text, name)


def test_a_korean_name_that_is_not_there_is_not_found() -> None:
    assert not mentions("방패는 은화 55닢이에요.", "철검")


def test_the_place_of_a_name_is_where_it_first_stands() -> None:
    assert place_of("Rope, and more rope.", "rope") == 0
    assert place_of("삼밧줄이랑 철검", "철검") == 6
    assert place_of("nothing", "rope") is None
