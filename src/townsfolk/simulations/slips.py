"""Slips of the finger: letters swapped, doubled or left out."""

from __future__ import annotations

import random

_SHORTEST = 4


def with_slips(line: str, chance: float, generator: random.Random) -> str:
    """A line in which each longer word is mistyped with this chance; digits and names are not."""
    return " ".join(
        _mistyped(word, generator)
        if len(word) >= _SHORTEST and word.islower() and generator.random() < chance
        else word
        for word in line.split(" ")
    )


def _mistyped(word: str, generator: random.Random) -> str:
    place = generator.randrange(1, len(word) - 1)
    kind = generator.randrange(3)
    if kind == 0:
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    if kind == 1:
        return word[:place] + word[place] + word[place:]
    return word[:place] + word[place + 1 :]
