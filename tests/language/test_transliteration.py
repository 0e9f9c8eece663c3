"""Names that sound alike across scripts."""

from __future__ import annotations

import pytest

from townsfolk.language.transliteration import english_keys, korean_key, sound_keys


@pytest.mark.parametrize(
    ("english", "korean"),
    [
        ("Osmere", "오스미어"),
        ("Ignar", "이그나르"),
        ("Aldis", "알디스"),
        ("Selquay", "셀케이"),
        ("Garam", "가람"),
        ("Marta", "마르타"),
        ("Hedda", "헤다"),
        ("Doran", "도란"),
        ("Stennick", "스테닉"),
        ("Thalia", "탈리아"),
        ("Cheng", "쳉"),
        ("Percival", "퍼시벌"),
        ("Gerda", "게르다"),
        ("Vex", "벡스"),
    ],
)
def test_a_name_has_a_key_in_common_with_its_transliteration(english: str, korean: str) -> None:
    assert korean_key(korean) in english_keys(english)


@pytest.mark.parametrize(
    ("english", "korean"), [("Osmere", "가람"), ("Marta", "도란"), ("Stennick", "셀케이")]
)
def test_other_names_have_none(english: str, korean: str) -> None:
    assert korean_key(korean) not in english_keys(english)


def test_a_particle_does_not_hide_a_name() -> None:
    assert sound_keys("오스미어에서는 뭘 파나요?", names_only=True) & english_keys("Osmere")


def test_only_words_with_a_capital_are_names_where_asked() -> None:
    assert sound_keys("a market in Garam", names_only=True) == english_keys("Garam")
    assert sound_keys("who rules garam", names_only=False) >= english_keys("Garam")


@pytest.mark.parametrize("text", ["", "…", "12 34", "ㅋㅋㅋ", "日本語", "a I O"])
def test_a_text_without_names_has_no_keys(text: str) -> None:
    assert sound_keys(text, names_only=False) == set()
