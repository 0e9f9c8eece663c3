"""Amounts of money in a text, told from other numbers."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from townsfolk.language.numbers import numerals
from townsfolk.language.sentences import split_sentences

_COINS = {
    "en": r"silvers?|golds?|coppers?|coins?|pieces|penn(?:y|ies)|pence|crowns?|shillings?|"
    r"florins?|ducats?|guineas?|dollars?|bucks|quid|euros?|"
    r"pounds? sterling|[sgc]p\b|(?<=\d)[sd](?=[.,;:!? ]|$)",
    "ko": r"닢|냥|푼|골드|실버|달러|전(?=[이에을은,.])|원(?=[이에을은,.])",
}
_BEFORE_KO = r"은화|금화|동화|동전|엽전|구리 ?돈|금돈|은돈|은자|은전"
_COUNTING = re.compile(
    r"\s*(?:$|[.,;:!?…—–\-\"'”’)]|(?:for|each|apiece|the|to|than|at|when|as|so|not|only|just|"
    r"now|tonight|either|every|"
    r"because|since|while|sir|love|lad|lass|stranger|traveller|traveler|dry-foot|an?|and|or|"
    r"if|with|on|is|are|was|makes?|from|"
    r"but|it|that|you|more|less|per|down|straight|back|change|off|in change|altogether|"
    r"in all|flat|even|today|will|would|"
    r"won't|dear|friend|chief|child)\b)",
    re.IGNORECASE,
)
"""What may stand behind an English number that counts nothing named after it."""
_ENDS_KO = re.compile(
    r"\s*(?:$|[.,!?…])|(?:이[고면네지야오]|이에요|이요|에서|"
    r"[은는을를에도만로야요]|으로|예요|입니다|일세)(?![가-힣])"
)
_IDIOM = re.compile(
    r"\b(?:not|no|never|without|every|last)\b[\w\s']{0,12}$|(?:한|1|일)\s?닢\s?(?:도|이라도)",
    re.IGNORECASE,
)


_FEWEST = {"en": 1, "ko": 9}
"""Numbers up to this count people and things where no coin is named: 둘이서, 셋 다."""


_FEW_KO = re.compile(
    r"(?:이에요|이요|이야|이오|입니다|이지|이네|이면 (?:돼|되|충분)|만 (?:내|주|받))"
)
_OF_KO = re.compile(r"(?:^|[.!?…]\s|[가-힣](?:에|은|는)\s)$")
"""How a small number is asked for something without a coin: 침대는 일곱이면 돼요."""


class Amount(NamedTuple):
    """A number that is money, or may be."""

    value: int
    start: int
    end: int
    stated: bool
    """Whether a coin is named with it."""
    coin: str = ""
    high: int = 0
    """The upper end of a range; 0 where the amount is exact."""

    def among(self, values: Collection[int]) -> bool:
        """Whether it is one of these values, or the range has one of them."""
        if not self.high:
            return self.value in values
        return any(self.value <= value <= self.high for value in values)


@dataclass(frozen=True)
class Currency:
    """The words that a town writes before and after an amount."""

    language: str
    before: str
    after: str

    @property
    def coins(self) -> str:
        """Its own words for money, in lower case."""
        return f"{self.before} {self.after}".lower()


def currency_of(written: str, language: str) -> Currency:
    """The currency of a text such as `{amount} silver`."""
    before, _, after = written.partition("{amount}")
    return Currency(language, before.strip(), after.strip())


@lru_cache(maxsize=64)
def _patterns(currency: Currency) -> tuple[re.Pattern[str], re.Pattern[str]]:
    own_after = f"{re.escape(currency.after)}|" if currency.after else ""
    bound = r"\b" if currency.language == "en" else ""
    after = re.compile(rf"\s?-?(?:of\s)?({own_after}{_COINS[currency.language]}){bound}", re.I)
    names = [re.escape(currency.before)] if currency.before else []
    names += [_BEFORE_KO] if currency.language == "ko" else [r"[$£€₩]"]
    before = re.compile(rf"({'|'.join(names)})(?:로|으로)?\s?$")
    return before, after


@lru_cache(maxsize=4096)
def amounts(text: str, currency: Currency) -> tuple[Amount, ...]:
    """The amounts of a text in their order: with a coin named, or numbers that count nothing."""
    before, after = _patterns(currency)
    found: list[Amount] = []
    for number in numerals(text):
        if number.ordinal:
            continue
        behind = after.match(text, number.end)
        ahead = before.search(text[: number.start])
        if behind or ahead:
            idiom = _IDIOM.search(text[max(0, number.start - 20) : number.end + 6])
            if number.value > 1 or not idiom:
                coins = " ".join(match.group(1) for match in (ahead, behind) if match)
                found.append(Amount(number.value, number.start, number.end, True, coins.lower(),
                                    number.high))  # fmt: skip
        elif _counts_nothing(text, number.end, currency) and (
            number.value > _FEWEST[currency.language] or _asks_few(text, number.start, number.end)
        ):
            found.append(Amount(number.value, number.start, number.end, False))
    return tuple(found)


def _asks_few(text: str, start: int, end: int) -> bool:
    return bool(_FEW_KO.match(text, end) and _OF_KO.search(text[:start]))


def _counts_nothing(text: str, end: int, currency: Currency) -> bool:
    if currency.language == "ko":
        return bool(_ENDS_KO.match(text, end))
    return bool(_COUNTING.match(text, end))


def money_sentences(text: str, currency: Currency) -> list[tuple[str, frozenset[int]]]:
    """The sentences of a text that state money, with the amounts."""
    found = []
    for sentence in split_sentences(text):
        stated = amounts(sentence, currency)
        if any(amount.stated for amount in stated):
            found.append((sentence, frozenset(amount.value for amount in stated)))
    return found


def counts_up(values: list[int]) -> bool:
    """Whether numbers are counted one after the other, as coins are laid down."""
    return len(values) > 2 and all(b - a == 1 for a, b in pairwise(values))
