"""Sentences and words."""

from __future__ import annotations

import pytest

from townsfolk.language.sentences import ends_sentence, split_sentences, words


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Halt. Who goes there?", ["Halt.", "Who goes there?"]),
        ("서시오. 용건을 말하시오!", ["서시오.", "용건을 말하시오!"]),
        ("Really?! Yes.", ["Really?!", "Yes."]),
        ("Wait… then go.", ["Wait…", "then go."]),
        ("one line\nanother line", ["one line", "another line"]),
        ("3.5 silver. Done", ["3.5 silver.", "Done"]),
        ("  Halt.  ", ["Halt."]),
        ("", []),
        ("\n\n", []),
    ],
)
def test_a_text_splits_into_its_sentences_in_order(text: str, sentences: list[str]) -> None:
    assert split_sentences(text) == sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ('"Halt." He stopped.', ['"Halt."', "He stopped."]),
        ("She said “Go.” Then she went.", ["She said “Go.”", "Then she went."]),
        ("(Halt.) Go.", ["(Halt.)", "Go."]),
    ],
)
def test_a_sentence_keeps_its_closing_quotation_marks(text: str, sentences: list[str]) -> None:
    assert split_sentences(text) == sentences


def test_a_title_before_a_name_ends_no_sentence() -> None:
    assert split_sentences("Mr. Ash is out. Ask Dr. Vey.") == ["Mr. Ash is out.", "Ask Dr. Vey."]


def test_words_are_lower_case_latin_words_eojeol_and_numbers() -> None:
    assert words("Don't pay 1,240 닢, Marta’s 은화!") == [
        "don't",
        "pay",
        "1,240",
        "닢",
        "marta’s",
        "은화",
    ]


@pytest.mark.parametrize(
    "text", ["Halt.", "Halt!", "Who?", "Well…", 'He said "go."', "Go.) ", "네."]
)
def test_a_text_that_stops_at_a_full_stop_ends_a_sentence(text: str) -> None:
    assert ends_sentence(text)


@pytest.mark.parametrize("text", ["Halt", "Halt,", "Here it is:", "그런데", "", '"Halt"'])
def test_a_text_that_breaks_off_ends_none(text: str) -> None:
    assert not ends_sentence(text)
