"""English numerals as words: cardinals, ordinals, dozens, scores."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_CARDINALS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_ORDINALS = [
    "zeroth",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_TENTHS = [f"{word[:-1]}ieth" for word in _TENS]
_VALUES = (
    {word: value for forms in (_CARDINALS, _ORDINALS) for value, word in enumerate(forms)}
    | {word: value for forms in (_TENS, _TENTHS) for value, word in zip(range(20, 100, 10), forms,
                                                                        strict=True)}
)  # fmt: skip
_VALUES.pop("zeroth")
del _VALUES["second"]
_SCALES = {"hundred": 100, "thousand": 1000}
_SETS = {"dozen": 12, "score": 20}
_VAGUE = {"one", "first", "zero"}
"""Words that are mostly no count: "no one", "at first"."""
_WORD = re.compile(r"[A-Za-z]+|[^A-Za-z\s-]+")
"""A word, or what ends a number between two words."""


class Numeral(NamedTuple):
    """A number in a text, and where it stands."""

    value: int
    start: int
    end: int
    ordinal: bool = False
    vague: bool = False
    """Perhaps no number at all: "one", or a Korean numeral that is also a word."""
    high: int = 0
    """The upper end of a range such as 서너 (three or four); 0 where the number is exact."""


def english_numerals(text: str) -> Iterator[Numeral]:
    """The numerals of a text in their order."""
    reading = _Reading()
    previous = ""
    for match in _WORD.finditer(text.lower()):
        word = match.group()
        yield from reading.take(word, previous, match.start(), match.end())
        previous = word
    yield from reading.close()


class _Reading:
    """A number whose words are being read."""

    def __init__(self) -> None:
        self._reset()

    def _reset(self) -> None:
        self.total, self.current, self.open = 0, 0, False
        self.vague, self.ordinal, self.start, self.end = True, False, 0, 0

    def close(self) -> Iterator[Numeral]:
        if self.open:
            value = self.total + self.current
            yield Numeral(value, self.start, self.end, self.ordinal, self.vague)
        self._reset()

    def take(self, word: str, previous: str, start: int, end: int) -> Iterator[Numeral]:
        """Reads one word more; what was open before it may be complete with it."""
        if word in _VALUES:
            value = _VALUES[word]
            if self.open and not _continues(self.current, value):
                yield from self.close()
            self._extend(start, end)
            self.current += value
            self.vague = self.vague and word in _VAGUE
            self.ordinal = word in _ORDINALS or word in _TENTHS
        elif (word in _SCALES or word in _SETS) and (self.open or previous == "a"):
            self._scale(word, start, end)
        elif not (word == "and" and self.open and (self.current >= 100 or self.total)):
            yield from self.close()

    def _extend(self, start: int, end: int) -> None:
        self.start = self.start if self.open else start
        self.open, self.end = True, end

    def _scale(self, word: str, start: int, end: int) -> None:
        # "A dozen" may be any dozen or so.
        self.vague = word in _SETS and not self.open
        if not self.open:
            self.current = 1
        self._extend(start, end)
        if word == "thousand":
            self.total, self.current = self.total + self.current * 1000, 0
        else:
            self.current *= _SCALES.get(word) or _SETS[word]


def _continues(current: int, value: int) -> bool:
    """Whether a word goes on with a number: "sixty one" is one number, "six one" are two."""
    return current % 100 == 0 or (current % 100 >= 20 and current % 10 == 0 and value < 10)
