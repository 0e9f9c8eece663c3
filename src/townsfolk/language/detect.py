"""Which language a text is in."""

from __future__ import annotations

import re

from townsfolk.town.written_language import SYLLABLE, detect_language, weighed_letters

__all__ = ["detect_language", "script_shares"]

_OTHER_SCRIPTS = re.compile(r"[\u0370-\u05FF\u0600-\u06FF\u0900-\u0E7F\u3040-\u30FF\u3400-\u9FFF]")


def script_shares(text: str) -> dict[str, float]:
    """The shares of Hangul, Latin and other letters among all letters, each 0 to 1.

    A Hangul syllable stands for about two and a half Latin letters and is weighed so.
    """
    hangul, latin = weighed_letters(text)
    other = SYLLABLE * len(_OTHER_SCRIPTS.findall(text))
    total = hangul + latin + other
    if not total:
        return {"ko": 0.0, "en": 0.0, "other": 0.0}
    return {"ko": hangul / total, "en": latin / total, "other": other / total}
