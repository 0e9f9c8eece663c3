"""Which language a text is in, also where several are mixed."""

from __future__ import annotations

import pytest

from townsfolk.language.detect import detect_language, script_shares


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Halt at the line.", "en"),
        ("선 앞에 서시오.", "ko"),
        ("ㅎㅎ", "ko"),
        ("Café", "en"),
        ("은화 120닢 ok OK silver", "en"),
        ("The 철검 costs a lot", "en"),
        ("철검 좀 보여 줘요, please", "ko"),
        ("도란 Doran", "ko"),
    ],
)
def test_the_language_is_that_of_most_letters(text: str, language: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize("text", ["", "   ", "120", "?!…", "日本", "Привет"])
def test_a_text_with_letters_of_neither_language_has_none(text: str) -> None:
    assert detect_language(text) is None


@pytest.mark.parametrize("text", ["Halt 서시오 日本", "선 앞에 서시오.", "Halt.", "はい yes"])
def test_shares_add_up_to_all_letters(text: str) -> None:
    assert sum(script_shares(text).values()) == pytest.approx(1.0)


def test_a_text_without_letters_has_no_shares() -> None:
    assert script_shares("120!") == {"ko": 0.0, "en": 0.0, "other": 0.0}


def test_a_hangul_syllable_weighs_as_much_as_several_latin_letters() -> None:
    assert script_shares("도란 Doran")["ko"] == pytest.approx(0.5)


def test_letters_of_a_third_script_count_as_other() -> None:
    assert script_shares("日本")["other"] == 1.0
