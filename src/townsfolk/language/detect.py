"""Which language a text is in."""

from __future__ import annotations

import re

_HANGUL = re.compile(r"[가-힣ᄀ-ᇿㄱ-ㆎ]")
_LATIN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]")
_OTHER_SCRIPTS = re.compile(r"[\u0370-\u05FF\u0600-\u06FF\u0900-\u0E7F\u3040-\u30FF\u3400-\u9FFF]")


def script_shares(text: str) -> dict[str, float]:
    """The shares of Hangul, Latin and other letters among all letters, each 0 to 1.

    A Hangul syllable stands for about two and a half Latin letters and is weighed so.
    """
    hangul = 2.5 * len(_HANGUL.findall(text))
    latin = float(len(_LATIN.findall(text)))
    other = 2.5 * len(_OTHER_SCRIPTS.findall(text))
    total = hangul + latin + other
    if not total:
        return {"ko": 0.0, "en": 0.0, "other": 0.0}
    return {"ko": hangul / total, "en": latin / total, "other": other / total}


def detect_language(text: str) -> str | None:
    """`ko` or `en`, whichever more of the letters belong to; None without letters of either."""
    shares = script_shares(text)
    if not shares["ko"] and not shares["en"]:
        return None
    return "ko" if shares["ko"] >= shares["en"] else "en"
