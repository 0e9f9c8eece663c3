"""Numbers in English and Korean text, as digits and as words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from townsfolk.language.numerals_en import Numeral, english_numerals
from townsfolk.language.numerals_ko import korean_numerals

_HANGUL = re.compile("[가-힣]")
_DIGITS = re.compile(r"(?<![\w.])\d{1,3}(?:,\d{3})+(?!\d)|\d+")
_ORDINAL_END = re.compile(r"(?:st|nd|rd|th)\b|\s?번째|\s?째")
_ROMAN = re.compile(r"\b(?=[IVXLC]{2,}\b)C{0,3}(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})\b")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_HALF_DOZEN = re.compile(r"\bhalf a dozen\b", re.IGNORECASE)


def numbers_in(text: str) -> set[int]:
    """The whole numbers that a text states, in digits or words; vague ones ("one") left out."""
    return {numeral.value for numeral in numerals(text) if not numeral.vague}


@lru_cache(maxsize=8192)
def numerals(text: str) -> tuple[Numeral, ...]:
    """The numerals of a text by where they stand, each stretch of text read once."""
    found: list[Numeral] = []
    for numeral in sorted(_all(text), key=lambda n: (n.start, n.start - n.end, n.vague)):
        if not found or numeral.start >= found[-1].end:
            found.append(numeral)
    return tuple(found)


def _all(text: str) -> Iterator[Numeral]:
    for match in _DIGITS.finditer(text):
        value = int(match.group().replace(",", ""))
        ordinal = bool(_ORDINAL_END.match(text, match.end()))
        yield Numeral(value, match.start(), match.end(), ordinal)
    for match in _ROMAN.finditer(text):
        yield Numeral(_roman(match.group()), match.start(), match.end())
    for match in _HALF_DOZEN.finditer(text):
        yield Numeral(6, match.start(), match.end())
    yield from english_numerals(text)
    if _HANGUL.search(text):
        yield from korean_numerals(text)


def _roman(word: str) -> int:
    values = [_ROMAN_VALUES[letter] for letter in word]
    following = [*values[1:], 0]
    return sum(-value if value < after else value for value, after in zip(values, following,
                                                                          strict=True))  # fmt: skip
