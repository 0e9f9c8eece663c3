"""Words that carry meaning."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from townsfolk.language.sentences import words

_STEM = 5
"""Letters of a word that count when two forms of it are compared."""
_SHORTEST = 4


@lru_cache(maxsize=1)
def english_stopwords() -> frozenset[str]:
    """English words that say nothing of a text's subject."""
    text = (files("townsfolk.language") / "stopwords_en.txt").read_text("utf-8")
    return frozenset(text.split())


def content_stems(text: str) -> list[str]:
    """The stems of an English text's content words, one for each of them, in order."""
    return [
        word.split("'")[0].split("’")[0][:_STEM]
        for word in words(text)
        if len(word) >= _SHORTEST and word not in english_stopwords()
    ]
