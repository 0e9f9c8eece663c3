"""Tokens for the lexical half of the search."""

from __future__ import annotations

import pytest

from townsfolk.language import tokens
from townsfolk.language.name_finder import NameFinder
from townsfolk.language.tokens import analyser_available, korean_to_tokens

needs_analyser = pytest.mark.skipif(not analyser_available(), reason="no Korean analyser here")


@pytest.fixture
def no_analyser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "_mecab", lambda: None)


def test_a_text_without_hangul_stays_as_it_is() -> None:
    assert korean_to_tokens("The Grey Mist, 120 silver") == "The Grey Mist, 120 silver"


@needs_analyser
def test_particles_are_cut_off() -> None:
    found = korean_to_tokens("안개가 못에서").split()
    assert {"안개", "못"} <= set(found)
    assert not {"가", "에서"} & set(found)


@needs_analyser
def test_the_same_word_gives_the_same_token_with_any_particle() -> None:
    forms = [korean_to_tokens(text).split() for text in ("종탑에", "종탑은", "종탑까지")]
    assert len({form[0] for form in forms}) == 1


def test_the_towns_names_are_kept_whole_beside_their_parts() -> None:
    found = korean_to_tokens(
        "잿빛 안개가 올라온다", NameFinder(["잿빛 안개", "물레방아 못"])
    ).split()
    assert "잿빛안개" in found
    assert "물레방아못" not in found
    assert len(found) > 1


@pytest.mark.usefixtures("no_analyser")
def test_without_an_analyser_hangul_gives_its_bigrams() -> None:
    assert korean_to_tokens("종탑에서 24명") == "종탑 탑에 에서 24명"


@pytest.mark.usefixtures("no_analyser")
def test_without_an_analyser_names_are_kept_whole_too() -> None:
    assert korean_to_tokens("잿빛 안개", NameFinder(["잿빛 안개"])) == "잿빛안개 잿빛 안개"
