"""Slips of the finger."""

from __future__ import annotations

import random

from townsfolk.simulations.slips import with_slips


def test_longer_words_are_mistyped_and_names_numbers_and_what_is_kept_are_not() -> None:
    line = "Tell Marta about 120 silver lanterns"
    slipped = with_slips(line, 1.0, random.Random(1), {"lanterns"}).split(" ")
    assert [slipped[n] for n in (0, 1, 3, 5)] == ["Tell", "Marta", "120", "lanterns"]
    assert slipped[2] != "about"
    assert slipped[4] != "silver"


def test_korean_is_written_as_it_sounds() -> None:
    assert with_slips("왔어요", 1.0, random.Random(1)) == "왓어요"
    assert with_slips("그래", 1.0, random.Random(1)) == "그레"
    assert with_slips("나무", 1.0, random.Random(1)) == "나무"


def test_without_a_chance_nothing_slips() -> None:
    assert with_slips("whatever you like", 0.0, random.Random(1)) == "whatever you like"
