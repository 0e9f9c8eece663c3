"""In which of the languages a designer wrote a text, where nothing states it.

The room `language/` stands above this one and cannot be asked; scripts tell enough here.
"""

from __future__ import annotations

import re

from townsfolk.town.texts import Language

_HANGUL = re.compile(r"[가-힣ᄀ-ᇿㄱ-ㆎ]")
_LATIN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]")
_SYLLABLE = 2.5
"""The Latin letters that one Hangul syllable stands for."""
_LOOKED_AT = 20_000
"""Characters of a text that are looked at."""
_PLAIN = 0.75
_FEWEST_LETTERS = 12


def detect_language(text: str) -> Language | None:
    """The language that most of the letters belong to; None without letters of either."""
    hangul, latin = _letters(text)
    if not hangul and not latin:
        return None
    return "ko" if hangul >= latin else "en"


def plain_language(text: str) -> Language | None:
    """The language that a text is plainly in; None where it is short or mixed."""
    hangul, latin = _letters(text)
    if hangul + latin < _FEWEST_LETTERS or max(hangul, latin) < _PLAIN * (hangul + latin):
        return None
    return "ko" if hangul >= latin else "en"


def _letters(text: str) -> tuple[float, float]:
    looked_at = text[:_LOOKED_AT]
    return _SYLLABLE * len(_HANGUL.findall(looked_at)), float(len(_LATIN.findall(looked_at)))
