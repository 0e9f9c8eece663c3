"""Korean numerals as words: native and Sino-Korean, with a counter or standing alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from townsfolk.language.numerals_en import Numeral

_NATIVE_TENS = {"열": 10, "스물": 20, "스무": 20, "서른": 30, "마흔": 40, "쉰": 50, "예순": 60,
                "일흔": 70, "여든": 80, "아흔": 90}  # fmt: skip
_NATIVE_UNITS = {"한": 1, "하나": 1, "두": 2, "둘": 2, "세": 3, "셋": 3, "석": 3, "네": 4, "넷": 4,
                 "넉": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9}  # fmt: skip
_SINO_DIGITS = {"일": 1, "이": 2, "삼": 3, "사": 4, "오": 5, "육": 6, "칠": 7, "팔": 8, "구": 9}
_SINO_SCALES = {"십": 10, "백": 100, "천": 1000}
_COUNTER = (
    r"(?:닢|명|사람|개|번째|번|해|년|월|달|일|날|시간|시|분|살|자루|자|척|냥|병|잔|그릇|마리|걸음|가지|밤|곳|"
    r"권|장|채|푼|배|파운드|근|통|벌|켤레|점|타래|단지|묶음)"
)
_AFTER = (
    r"(?=\s|$|[^가-힣]|이|가|을|를|은|는|의|에|도|만|씩|쯤|과|와|로|어치|짜리|정도|째|부터|까지|보다|"
    r"뿐|면|나|요|지|랑|하고|예요|입니다|인|뒤|전)"
)
"""A counter ends a word or has a particle; 열병차 (fever tea) is not ten 병."""
_HUNDREDS = r"[일이삼사오육칠팔구십백천만]*[백천만]"
_UNIT = "|".join(_NATIVE_UNITS)
_TEN = "|".join(_NATIVE_TENS)
_NATIVE = re.compile(
    rf"(?<![가-힣])(?!열병|두통|세월|세자|세척)(?:({_HUNDREDS})?({_TEN}))?"
    rf"({_UNIT})?\s?(?={_COUNTER}{_AFTER})"
)
_SINO = re.compile(
    r"(?<![가-힣\d])((?:[일이삼사오육칠팔구]?[십백천만](?:(?<=만)\s(?=[일이삼사오육칠팔구십백천]))?)+"
    rf"[일이삼사오육칠팔구]?|[일이삼사오육칠팔구])(\s?)(?=({_COUNTER}){_AFTER})"
)
_CLEAR_COUNTERS = {"닢", "년", "월"}
"""What makes a count of a single syllable too, where 이번, 만일, 오해, 이 사람 are words."""
_HYPERBOLE = re.compile(r"(?:[백천만]|열)\s?번(?!째)|[십백천]\s?년(?=은|도|이라도)")
"""A hundred times, ten years: said for "often" and "long"."""
_COINS = r"(?=\s?(?:닢|냥|푼|돈|전)(?:[^가-힣]|[이을은도만에로씩쯤]|정도))"
_OLD_UNITS = {"서": 3, "너": 4, "닷": 5, "엿": 6}
_OLD = re.compile(rf"(?<![가-힣])({_TEN})?(서|너|닷|엿){_COINS}")
_RANGES = {"한두": (1, 2), "두어": (2, 3), "두서너": (2, 4), "두세": (2, 3), "서너": (3, 4),
           "너덧": (4, 5), "너댓": (4, 5), "네댓": (4, 5), "네다섯": (4, 5), "댓": (5, 6),
           "대여섯": (5, 6), "예닐곱": (6, 7), "일고여덟": (7, 8),
           "여덟아홉": (8, 9), "엳아홉": (8, 9), "여남은": (10, 12)}  # fmt: skip
_RANGE_WORD = "|".join(sorted(_RANGES, key=len, reverse=True))
_RANGE = re.compile(rf"(?<![가-힣])({_TEN})?({_RANGE_WORD}){_COINS}")
_DAY_NAMES = {"초하루": 1, "이틀": 2, "사흘": 3, "나흘": 4, "닷새": 5, "엿새": 6, "이레": 7,
              "여드레": 8, "아흐레": 9, "열흘": 10, "사흗날": 3, "나흗날": 4, "이렛날": 7,
              "여드렛날": 8, "아흐렛날": 9}  # fmt: skip
_DAY = re.compile(rf"(?<![가-힣])(?:초|(열|스무))?({'|'.join(_DAY_NAMES)})")
_ENDS = (
    r"(?=$|[^가-힣]|이[고면네지야오에요]|[은는이가을를의에도만로야요]|으로|예요|입니다|일세|이나|이라|"
    r"이었|였|정도|쯤|씩|까지|부터|이에요|이서|인데|이니|인가|인지|이래)"
)
_ALONE = re.compile(
    rf"(?<![가-힣])(?:({_HUNDREDS})?({_TEN})(하나|둘|셋|넷|다섯|여섯|일곱|여덟|아홉)|"
    rf"(스물|서른|마흔|예순|일흔|여든|아흔)){_ENDS}"
)
"""Tens that are no other word, and tens with units: 스물, 쉰넷; but not 쉰, 열."""
_ORDINAL = re.compile(rf"(?<![가-힣])({_TEN})?(둘|셋|넷|다섯|여섯|일곱|여덟|아홉)째")
_SMALL_ALONE = re.compile(rf"(?<![가-힣])(둘|셋|넷|다섯|여섯|일곱|여덟|아홉|열|쉰){_ENDS}")
_SINO_ALONE = re.compile(
    rf"(?<![가-힣])((?:[이삼사오육칠팔구]?천)?(?:[이삼사오육칠팔구]?백)?(?:[이삼사오육칠팔구]?십)?"
    rf"[일이삼사오육칠팔구]?){_ENDS}"
)
_MIXED = re.compile(r"(\d+)\s?([백천만])(?:\s?(\d+))?(?=\s|닢|냥|명|년|개)")


def korean_numerals(text: str) -> Iterator[Numeral]:
    """The numerals of a text, in no order; those that may be other words are vague."""
    for match in _NATIVE.finditer(text):
        hundreds, tens, units = (part or "" for part in match.groups())
        value = _sino(hundreds) + _NATIVE_TENS.get(tens, 0) + _NATIVE_UNITS.get(units, 0)
        if value:
            ordinal = text[match.end() :].startswith("번째")
            yield Numeral(value, match.start(), match.end(), ordinal, vague=value == 1)
    for match in _SINO.finditer(text):
        word, space, counter = match.groups()
        a_word = len(word) == 1 and (word == "이" or not space) and counter not in _CLEAR_COUNTERS
        value = _sino(word)
        if value and not a_word:
            often = bool(_HYPERBOLE.match(text, match.start()))
            yield Numeral(value, match.start(), match.end(), False, vague=value == 1 or often)
    for match in _DAY.finditer(text):
        tens, name = match.groups()
        value = _NATIVE_TENS.get(tens or "", 0) + _DAY_NAMES[name]
        yield Numeral(value, match.start(), match.end(), ordinal=True)
    for match in _MIXED.finditer(text):
        digits, scale, rest = match.groups()
        value = int(digits) * {"백": 100, "천": 1000, "만": 10_000}[scale] + int(rest or 0)
        yield Numeral(value, match.start(), match.end())
    for match in _OLD.finditer(text):
        tens, unit = match.groups()
        yield Numeral(_NATIVE_TENS.get(tens, 0) + _OLD_UNITS[unit], match.start(), match.end())
    for match in _RANGE.finditer(text):
        tens = _NATIVE_TENS.get(match.group(1), 0)
        low, high = (tens + end for end in _RANGES[match.group(2)])
        yield Numeral(low, match.start(), match.end(), vague=True, high=high)
    yield from _ordinals(text)
    yield from _alone(text)


def _ordinals(text: str) -> Iterator[Numeral]:
    for match in _ORDINAL.finditer(text):
        tens, units = match.groups()
        value = _NATIVE_TENS.get(tens or "", 0) + _NATIVE_UNITS[units]
        yield Numeral(value, match.start(), match.end(), ordinal=True)


def _alone(text: str) -> Iterator[Numeral]:
    """Numerals without a counter."""
    for match in _ALONE.finditer(text):
        hundreds, tens, units, round_ten = (part or "" for part in match.groups())
        value = _NATIVE_TENS[round_ten or tens] + _NATIVE_UNITS.get(units, 0) + _sino(hundreds)
        yield Numeral(value, match.start(), match.end())
    for match in _SMALL_ALONE.finditer(text):
        word = match.group(1)
        value = _NATIVE_UNITS.get(word) or _NATIVE_TENS[word]
        yield Numeral(value, match.start(), match.end(), vague=word in ("열", "쉰"))
    for match in _SINO_ALONE.finditer(text):
        word = match.group(1)
        # 이백 and 백이십 are numbers; 오십 too; but 백, 이천 (a place), 사십 with 사이 are not.
        if len(word) >= 2 and ("십" in word or "백" in word):
            yield Numeral(_sino(word), match.start(), match.end())


def _sino(word: str) -> int:
    """Reads 백이십 as 120, 만 이천 as 12000."""
    total, section, digit = 0, 0, 0
    for letter in word:
        if letter in _SINO_DIGITS:
            digit = _SINO_DIGITS[letter]
        elif letter in _SINO_SCALES:
            section += (digit or 1) * _SINO_SCALES[letter]
            digit = 0
        elif letter == "만":
            total += (section + digit or 1) * 10_000
            section, digit = 0, 0
    return total + section + digit
