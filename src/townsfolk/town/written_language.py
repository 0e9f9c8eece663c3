"""In which of the languages a text is written, where nothing states it: its scripts tell enough.

The readers of lore ask it, so it stands here, below the room `language/`.
"""

from __future__ import annotations

import re

from townsfolk.town.texts import Language

_HANGUL = re.compile(r"[가-힣ᄀ-ᇿㄱ-ㆎ]")
_LATIN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]")
SYLLABLE = 2.5
"""The Latin letters that one Hangul syllable, or a sign of a like script, stands for."""
_LOOKED_AT = 20_000
"""Characters of a text that are looked at."""
_PLAIN = 0.75
_FEWEST_LETTERS = 12


def detect_language(text: str) -> Language | None:
    """The language that most of the letters belong to; None without letters of either."""
    hangul, latin = weighed_letters(text[:_LOOKED_AT])
    if not hangul and not latin:
        return None
    return "ko" if hangul >= latin else "en"


def plain_language(text: str) -> Language | None:
    """The language that a text is plainly in; None where it is short or mixed."""
    hangul, latin = weighed_letters(text[:_LOOKED_AT])
    if hangul + latin < _FEWEST_LETTERS or max(hangul, latin) < _PLAIN * (hangul + latin):
        return None
    return "ko" if hangul >= latin else "en"


def weighed_letters(text: str) -> tuple[float, float]:
    """How much Hangul a text has, and how much Latin, in Latin letters."""
    return SYLLABLE * len(_HANGUL.findall(text)), float(len(_LATIN.findall(text)))
