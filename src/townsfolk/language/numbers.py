"""Numbers in English and Korean text, as digits and as words."""

from __future__ import annotations

import re
from collections.abc import Iterator

_UNITS = {
    word: value
    for value, forms in enumerate(
        [
            "zero", "one first", "two", "three third", "four fourth", "five fifth", "six sixth",
            "seven seventh", "eight eighth", "nine ninth", "ten tenth", "eleven eleventh",
            "twelve twelfth", "thirteen thirteenth", "fourteen fourteenth", "fifteen fifteenth",
            "sixteen sixteenth", "seventeen seventeenth", "eighteen eighteenth",
            "nineteen nineteenth",
        ]
    )
    for word in forms.split()
}  # fmt: skip
_TENS = {
    word: value
    for value, forms in zip(
        range(20, 100, 10),
        ["twenty twentieth", "thirty thirtieth", "forty fortieth", "fifty fiftieth",
         "sixty sixtieth", "seventy seventieth", "eighty eightieth", "ninety ninetieth"],
        strict=True,
    )
    for word in forms.split()
}  # fmt: skip
_SCALES = {"hundred": 100, "thousand": 1000}
_VAGUE = {"one", "first", "zero"}
"""Words that are mostly no count: "no one", "at first"."""

_DIGITS = re.compile(r"(?<![\w.])\d{1,3}(?:,\d{3})+(?!\d)|\d+")
_LATIN_WORD = re.compile(r"[A-Za-z]+|[^A-Za-z\s-]+")
"""A word, or what ends a number between two words."""

_NATIVE_TENS = {"열": 10, "스물": 20, "스무": 20, "서른": 30, "마흔": 40, "쉰": 50, "예순": 60,
                "일흔": 70, "여든": 80, "아흔": 90}  # fmt: skip
_NATIVE_UNITS = {"한": 1, "하나": 1, "두": 2, "둘": 2, "세": 3, "셋": 3, "석": 3, "네": 4, "넷": 4,
                 "넉": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9}  # fmt: skip
_SINO_DIGITS = {"일": 1, "이": 2, "삼": 3, "사": 4, "오": 5, "육": 6, "칠": 7, "팔": 8, "구": 9}
_SINO_SCALES = {"십": 10, "백": 100, "천": 1000}
_COUNTER = (
    r"(?:닢|명|사람|개|번째|번|해|년|월|달|일|날|시간|시|분|살|자루|자|척|냥|병|잔|그릇|마리|걸음|가지|밤|곳|"
    r"권|장|채|푼|배|파운드|근|통|벌|켤레|점)"
)
_AFTER = (
    r"(?=\s|$|[^가-힣]|이|가|을|를|은|는|의|에|도|만|씩|쯤|과|와|로|어치|짜리|정도|째|부터|까지|보다|"
    r"뿐|예요|입니다|인|뒤|전)"
)
"""A counter ends a word or has a particle; 열병차 (fever tea) is not ten 병."""
_HUNDREDS = r"[일이삼사오육칠팔구십백천만]*[백천만]"
_NATIVE = re.compile(
    rf"(?<![가-힣])(?!열병|두통|세월|세자|세척)(?:({_HUNDREDS})?({'|'.join(_NATIVE_TENS)}))?"
    rf"({'|'.join(_NATIVE_UNITS)})?\s?(?={_COUNTER}{_AFTER})"
)
_SINO = re.compile(
    r"(?<![가-힣\d])((?:[일이삼사오육칠팔구]?[십백천만](?:(?<=만)\s(?=[일이삼사오육칠팔구십백천]))?)+"
    rf"[일이삼사오육칠팔구]?|[일이삼사오육칠팔구])(\s?)(?=({_COUNTER}){_AFTER})"
)
_CLEAR_COUNTERS = {"닢", "년", "월"}
"""What makes a count of a single syllable too, where 이번, 만일, 오해, 이 사람 are words."""
_DAY_NAMES = {"초하루": 1, "이틀": 2, "사흘": 3, "나흘": 4, "닷새": 5, "엿새": 6, "이레": 7,
              "여드레": 8, "아흐레": 9, "열흘": 10, "사흗날": 3, "나흗날": 4, "이렛날": 7,
              "여드렛날": 8, "아흐렛날": 9}  # fmt: skip
_DAY = re.compile(rf"(?<![가-힣])(?:초|(열|스무))?({'|'.join(_DAY_NAMES)})")


def numbers_in(text: str) -> set[int]:
    """The whole numbers that a text states, in digits or words; vague ones ("one") left out."""
    found = {int(match.group().replace(",", "")) for match in _DIGITS.finditer(text)}
    found.update(_english(text))
    found.update(_korean(text))
    return found


def _english(text: str) -> Iterator[int]:
    total, current, open_number, vague = 0, 0, False, True
    previous = ""
    for word in [*_LATIN_WORD.findall(text.lower()), ""]:
        if word in _UNITS or word in _TENS:
            value = _UNITS.get(word, 0) + _TENS.get(word, 0)
            if open_number and not _continues(current, value):
                if not vague:
                    yield total + current
                total, current, vague = 0, 0, True
            current += value
            vague = vague and word in _VAGUE
            open_number = True
        elif word in _SCALES and (open_number or previous == "a"):
            scale = _SCALES[word]
            current = current if open_number else 1
            open_number = True
            vague = False
            if scale == 100:
                current *= 100
            else:
                total, current = total + current * scale, 0
        elif word == "and" and open_number and (current >= 100 or total):
            pass
        else:
            if open_number and not vague:
                yield total + current
            total, current, open_number, vague = 0, 0, False, True
        previous = word


def _continues(current: int, value: int) -> bool:
    """Whether a word goes on with a number: "sixty one" is one number, "six one" are two."""
    return current % 100 == 0 or (current % 100 >= 20 and current % 10 == 0 and value < 10)


def _korean(text: str) -> Iterator[int]:
    for match in _NATIVE.finditer(text):
        hundreds, tens, units = (part or "" for part in match.groups())
        value = _sino(hundreds) + _NATIVE_TENS.get(tens, 0) + _NATIVE_UNITS.get(units, 0)
        if value > 1:
            yield value
    for match in _SINO.finditer(text):
        word, space, counter = match.groups()
        a_word = len(word) == 1 and (word == "이" or not space) and counter not in _CLEAR_COUNTERS
        value = _sino(word)
        if value > 1 and not a_word:
            yield value
    for match in _DAY.finditer(text):
        tens, name = match.groups()
        yield _NATIVE_TENS.get(tens or "", 0) + _DAY_NAMES[name]


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
