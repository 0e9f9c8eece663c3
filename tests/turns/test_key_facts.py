"""What a line must contain to convey a lore entry."""

from __future__ import annotations

import pytest

from townsfolk.town.lore import EVERYONE, LoreEntry
from townsfolk.town.texts import Text, Texts
from townsfolk.turns.key_facts import missing_facts, required_facts

SWORD = LoreEntry(
    id="iron_sword",
    category="item",
    title=Text(root={"en": "iron sword", "ko": "철검"}),
    body={"en": "…", "ko": "…"},
    audience=EVERYONE,
    aliases=Texts(root={"en": ["iron blade"], "ko": ["쇠검"]}),
    key_facts={"en": ("iron sword", "120 silver"), "ko": ("철검", "은화 120닢")},
)
MIST = LoreEntry(
    id="grey_mist",
    category="worldview",
    title=Text(root={"en": "The Grey Mist", "ko": "잿빛 안개"}),
    body={"en": "…", "ko": "…"},
    audience=EVERYONE,
    key_facts={
        "en": ("the ninth bell", "smells of wet stone"),
        "ko": ("아홉 번째 종", "젖은 돌 냄새"),
    },
)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The iron sword is 120 silver.", "en"),
        ("That iron blade? One hundred and twenty.", "en"),
        ("Iron Sword's price: 120, in silver.", "en"),
        ("철검은 은화 120닢이에요.", "ko"),
        ("쇠검이면 백스무 닢이죠.", "ko"),
        ("철 검은 은화로 백이십 닢이오.", "ko"),
    ],
)
def test_names_and_numbers_count_in_any_wording(text: str, language: str) -> None:
    assert missing_facts(text, [SWORD], language) == []


@pytest.mark.parametrize(
    ("text", "language", "missing"),
    [
        ("The iron sword is 90 silver.", "en", ["120 silver"]),
        ("That is 120 silver.", "en", ["iron sword"]),
        ("Come in.", "en", ["iron sword", "120 silver"]),
        ("철검은 은화 12닢이에요.", "ko", ["은화 120닢"]),
        ("은화 120닢이에요.", "ko", ["철검"]),
    ],
)
def test_a_fact_that_is_not_stated_is_missing(text: str, language: str, missing: list[str]) -> None:
    assert missing_facts(text, [SWORD], language) == missing


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("After the ninth bell it climbs, and of wet stone it smells.", "en"),
        ("아홉 번째 종이 지나면 오르는데, 젖은 돌냄새가 난다네.", "ko"),
    ],
)
def test_other_facts_need_their_content_words(text: str, language: str) -> None:
    assert missing_facts(text, [MIST], language) == []


def test_a_fact_without_one_of_its_words_is_missing() -> None:
    line = "After the ninth bell it smells of stone."
    assert missing_facts(line, [MIST], "en") == ["smells of wet stone"]


def test_another_number_does_not_stand_for_the_bell() -> None:
    assert missing_facts("여덟 번째 종에 젖은 돌 냄새가", [MIST], "ko") == ["아홉 번째 종"]


def test_the_required_facts_are_those_of_all_entries_in_order() -> None:
    assert required_facts([SWORD, MIST], "en") == [
        "iron sword",
        "120 silver",
        "the ninth bell",
        "smells of wet stone",
    ]


def test_an_entry_without_facts_in_a_language_requires_nothing() -> None:
    assert required_facts([SWORD], "fr") == []
    assert missing_facts("", [SWORD], "fr") == []
