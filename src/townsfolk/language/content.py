"""Words that carry meaning."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

from townsfolk.language.sentences import words
from townsfolk.language.tokens import analyser_available, korean_to_tokens, morphemes

_STEM = 5
"""Letters of a word that count when two forms of it are compared."""
_SHORTEST = 4


@lru_cache(maxsize=1)
def english_stopwords() -> frozenset[str]:
    """English words that say nothing of a text's subject."""
    text = (files("townsfolk.language") / "stopwords_en.txt").read_text("utf-8")
    return frozenset(text.split())


@lru_cache(maxsize=4096)
def content_stems(text: str) -> tuple[str, ...]:
    """The stems of an English text's content words, one for each of them, in order."""
    return tuple(
        word.split("'")[0].split("’")[0][:_STEM]
        for word in words(text)
        if len(word) >= _SHORTEST and word not in english_stopwords()
    )


@lru_cache(maxsize=4096)
def content_tokens(text: str, language: str) -> tuple[str, ...]:
    """What a text is about, for comparing two texts: English stems, or Korean morphemes.

    Korean morphemes of one syllable are left out: most of them are no subject of anything.
    """
    if language != "ko":
        return content_stems(text)
    if analyser_available():
        told = " ".join(found.stem for found in morphemes(text) if found.is_content)
    else:
        told = korean_to_tokens(text)
    tokens = re.findall(r"[가-힣A-Za-z0-9]+", told)
    return tuple(token.lower() for token in tokens if len(token) > 1)
