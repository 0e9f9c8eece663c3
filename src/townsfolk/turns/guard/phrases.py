"""Phrases: words in a row, so many that it is no chance when two texts share them."""

from __future__ import annotations

from collections.abc import Sequence

Phrase = tuple[str, ...]

_WORDS = {"en": 6, "ko": 4}
"""An eojeol says about as much as one and a half English words."""


def phrases(words: Sequence[str], language: str) -> frozenset[Phrase]:
    """All phrases of a text's words."""
    size = _WORDS[language]
    return frozenset(tuple(words[i : i + size]) for i in range(len(words) - size + 1))
