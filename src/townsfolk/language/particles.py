"""Korean particles that hang on the sound before them."""

from __future__ import annotations

import re

_AFTER_CONSONANT_AND_VOWEL = {
    "을(를)": ("을", "를"),
    "이(가)": ("이", "가"),
    "은(는)": ("은", "는"),
    "과(와)": ("과", "와"),
    "아(야)": ("아", "야"),
    "으로(로)": ("으로", "로"),
    "이에요(예요)": ("이에요", "예요"),
    "이라(라)": ("이라", "라"),
}
_WRITTEN = re.compile(f"(.)({'|'.join(map(re.escape, _AFTER_CONSONANT_AND_VOWEL))})")
_FIRST, _LAST = "가", "힣"
_FINALS, _FINAL_RIEUL = 28, 8
_DIGITS_WITH_FINAL = "013678"


def with_particles(text: str) -> str:
    """A text in which each pair such as `을(를)` has become the one that fits what is before it."""
    return _WRITTEN.sub(_fitting, text)


def _fitting(match: re.Match[str]) -> str:
    before, pair = match.groups()
    closed, open_ = _AFTER_CONSONANT_AND_VOWEL[pair]
    final = _final(before)
    # 로 follows a vowel and ㄹ.
    vowel = final == 0 or (final == _FINAL_RIEUL and open_ == "로")
    return before + (open_ if vowel else closed)


def _final(character: str) -> int:
    """The number of a syllable's final consonant, 0 for none; a letter counts as open."""
    if _FIRST <= character <= _LAST:
        return (ord(character) - ord(_FIRST)) % _FINALS
    return 1 if character in _DIGITS_WITH_FINAL else 0
