"""Slips of the finger: letters swapped, doubled or left out; in Korean the vowels and finals that
are often mistaken for each other."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator

_SHORTEST = 4
_FIRST, _LAST = ord("가"), ord("힣")
_VOWELS, _FINALS = 21, 28
_MISTAKEN_VOWELS = {1: 5, 5: 1, 3: 7, 7: 3, 10: 15, 15: 10}
"""ㅐ and ㅔ, ㅒ and ㅖ, ㅙ and ㅞ, which sound alike."""
_MISTAKEN_FINALS = {20: 19, 6: 4, 9: 1, 2: 1}
"""ㅆ as ㅅ, ㄶ as ㄴ, ㄺ and ㄲ as ㄱ."""


def with_slips(
    line: str, chance: float, generator: random.Random, kept: Collection[str] = ()
) -> str:
    """A line in which each longer word is mistyped with this chance.

    Digits, names with a capital and the words that are `kept` are not.
    """
    return " ".join(
        _mistyped(word, generator)
        if word.strip(".,!?") not in kept and generator.random() < chance
        else word
        for word in line.split(" ")
    )


def _mistyped(word: str, generator: random.Random) -> str:
    if slips := [*_korean_slips(word)]:
        return generator.choice(slips)
    if len(word) < _SHORTEST or not word.isascii() or not word.islower():
        return word
    place = generator.randrange(1, len(word) - 1)
    kind = generator.randrange(3)
    if kind == 0:
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    if kind == 1:
        return word[:place] + word[place] + word[place:]
    return word[:place] + word[place + 1 :]


def _korean_slips(word: str) -> Iterator[str]:
    """The word with one syllable written as it sounds."""
    for place, syllable in enumerate(word):
        if not _FIRST <= ord(syllable) <= _LAST:
            continue
        rest, final = divmod(ord(syllable) - _FIRST, _FINALS)
        vowel = rest % _VOWELS
        other = (rest - vowel + _MISTAKEN_VOWELS.get(vowel, vowel)) * _FINALS
        other += _MISTAKEN_FINALS.get(final, final)
        if chr(_FIRST + other) != syllable:
            yield word[:place] + chr(_FIRST + other) + word[place + 1 :]
