"""The wares of a town in a line, and what may be wrong with their prices beside the amounts."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

from townsfolk.language.names import place_of
from townsfolk.language.numbers import numerals
from townsfolk.language.sentences import split_sentences
from townsfolk.town.town import Town

MULTIPLE = re.compile(
    r"\b(?:twice|double|thrice|triple|half|\w+ times) (?:the|what|that|its|a|as much|his|her|my)\b"
    r"[^.!?]*\b(?:price|cost|fare|toll|fee|silver|pay|charge|worth)|"
    r"(?:price|cost|fare|toll|fee|charge|pay)\w*[^.!?]*\b(?:twice|double|thrice|triple|"
    r"\w+ times)\b|"
    r"\bhalf[- ](?:price|fare|toll|fee|rate|pay|wages?)\b|\bhalf as much again\b|"
    r"(?:[두세네]|몇|다섯|열)\s?배[^.!?]*(?:값|닢|받|내)|"
    r"(?:값|닢|통행세|뱃삯)[^.!?]*(?:[두세네]|몇|다섯|열)\s?배|반값|갑절|절반\s?값|"
    r"(?:값|삯|통행세|세금|보수|요금)의? ?(?:절반|반(?![가-힣]))",
    re.IGNORECASE,
)
WORDED = re.compile(
    r"\b(?:half|quarter|third|fraction) (?:of )?(?:the |that |its |his |her |what )|"
    r"\b(?:a|one|two|three|four|five) (?:silvers? |coins? )?(?:short of|shy of|under|over|"
    r"less than|more than|"
    r"above|below)\b|\b(?:a pair of|a couple of|a handful of|several|a few) "
    r"(?:silvers?|coins?)\b|(?:서너|두어|너덧|대여섯|예닐곱|여남은|몇) 닢|"
    r"\b(?:per ?cent)\b|%|\ba (?:third|quarter|fifth|tenth) (?:off|less|more|cheaper)\b|"
    r"\bsilver and a half\b|"
    r"\b(?:twice|thrice|double|half) (?:\d+|two|three|four|five|six|seven|eight|nine|ten|"
    r"twelve|twenty|thirty|forty|fifty|sixty|a hundred)\b|"
    r"(?:하나|둘|셋|넷|다섯|여섯|일곱|여덟|아홉|열|스물|서른|\d+)(?: ?닢)?[을은만]? ?"
    r"(?:빼|깎아) ?(?:줄|줘|드리|드릴|주지|주겠)|"
    r"\b(?:half|quarter) an? (?:silver|coin)\b|퍼센트|반 닢|닢 반(?![가-힣])|"
    r"[십백천]여 닢|(?:몇십|몇백|수십|수백) 닢|[일이삼사오한두세]\s?할(?:[은을이도만]|\s|$)",
    re.IGNORECASE,
)
"""Amounts that are paraphrased: half the toll, one short of eight, a couple of silver."""
_COIN = re.compile(
    r"\b(?:(?:an?|half an?|some|few|several|(?:couple|few|pair|handful|purse|bag|fistful) of)\s+"
    r"(?:(?:gold(?:en)?|copper|bronze|brass)\s+)?"
    r"(crowns?|coppers|penn(?:y|ies)|pence|shillings?|florins?|ducats?|guineas?|dollars?|"
    r"farthings?|groats?|sovereigns?)|"
    r"(?:an?|some|few|several|of)\s+((?:gold|copper|bronze)(?:en)?) (?:coin|piece)s?)\b(?! of)|"
    r"(금화|동화|구리 ?돈|금돈)",
    re.IGNORECASE,
)
_NEVER = re.compile(r"\b(?:not|no|never|without|nor|n['’]t)\b[^.!?]*$", re.IGNORECASE)
_COMPARED = re.compile(
    r"\b(?:(?P<same>as much as|(?:the )?same (?:price )?as|(?:the )?(?:price|cost) of)|"
    r"(?P<less>cheaper than|less than)|(?P<more>dearer than|more than|costlier than))\b"
    r"(?P<other>[^.,;:!?]*)",
    re.IGNORECASE,
)
_COMPARED_KO = re.compile(
    r"(?P<other>[가-힣 ]+?)(?:보다\s?(?:더\s|훨씬\s|조금\s)?"
    r"(?:(?P<more>비싸|비싼)|(?P<less>싸|싼))|"
    r"(?:와|과|이랑|랑|하고)\s(?P<same>(?:똑)?같은 값|값이 같))"
)
_FREE = re.compile(
    r"\s?(?:is|are|['’]s|comes?|go(?:es)?|costs?)\s+(?:(?:quite|all|you|entirely)\s+)?"
    r"(?:free\b(?! of)|for free|nothing\b|for nothing|gratis)|"
    r"[은는이가도]\s?(?:(?:하룻밤에|그냥|늘|모두|다)\s)?(?:공짜|거저|무료)",
    re.IGNORECASE,
)
_GIFT = re.compile(
    r"\b(?:free|nothing|gratis|on the house)\b|공짜|거저|무료|대접|덤|그냥|"
    r"[내제]가 (?:내|낼|살|사)|값[은을] (?:안|받지)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Ware:
    """Something with a price, and what it is called."""

    names: tuple[str, ...]
    prices: frozenset[int]
    """More than one where several wares go by one word: a rope, a knife."""


@lru_cache(maxsize=32)
def wares_of(town: Town, language: str) -> tuple[Ware, ...]:
    """The items of a town that are for sale, and the kinds of them by their last word."""
    wares, kinds = [], defaultdict[str, set[int]](set)
    for item in town.items.values():
        if item.price is not None:
            name = item.name.get(language)
            wares.append(Ware((name, *item.aliases.get(language)), frozenset({item.price})))
            if len(name.split()[-1]) > 1:
                kinds[name.split()[-1]].add(item.price)
    named = {name for ware in wares for name in ware.names}
    kinds_named = (
        Ware((kind,), frozenset(prices)) for kind, prices in kinds.items() if kind not in named
    )
    return (*wares, *kinds_named)


Place = tuple[Ware, int, int]
"""A ware, and where its name begins and ends."""


@lru_cache(maxsize=2048)
def places_of(text: str, wares: tuple[Ware, ...]) -> list[Place]:
    """The wares that a text names, each once, and never one inside the name of another."""
    found: list[tuple[int, int, Ware]] = []
    for ware in wares:
        for name in ware.names:
            place = place_of(text, name)
            if place is not None:
                found.append((place, -len(name), ware))
    kept: list[Place] = []
    for place, length, ware in sorted(found, key=lambda hit: (hit[1], hit[0])):
        end = place - length
        if all(end <= start or place >= stop for _, start, stop in kept) and all(
            ware is not other for other, *_ in kept
        ):
            kept.append((ware, place, end))
    return sorted(kept, key=lambda hit: hit[1])


def other_coin(line: str, texts: tuple[str, ...]) -> str | None:
    """A coin that nothing in the turn speaks of: a gold crown, a couple of coppers."""
    for match in _COIN.finditer(line):
        coin = next(part for part in match.groups() if part).lower()
        stem = coin.rstrip("s")
        known = any(stem in text.lower() for text in texts)
        if not known and not _NEVER.search(line[: match.start()]):
            return f"counts in another coin: {match.group()!r}"
    return None


def wrong_comparison(line: str, wares: tuple[Ware, ...], asked: str) -> str | None:
    """A price set beside another one as it is not: "as much as three beds", 빵보다 싸요."""
    for sentence in split_sentences(line):
        for match in (*_COMPARED.finditer(sentence), *_COMPARED_KO.finditer(sentence)):
            other = places_of(match.group("other"), wares)
            before, after = sentence[: match.start()], sentence[match.end() :]
            own = places_of(before, wares) or places_of(after, wares)
            own = own or [*other[:-1], *places_of(asked, wares)]
            if not other or len(own) != 1 or own[0][0] is other[-1][0]:
                continue
            counts = [n.value for n in numerals(match.group("other")) if not n.ordinal] or [1]
            prices = {counts[0] * price for price in other[-1][0].prices}
            if not any(_holds(match, mine, price) for mine in own[0][0].prices for price in prices):
                return f"compares prices: {match.group().strip()!r}"
    return None


def _holds(match: re.Match[str], mine: int, other: int) -> bool:
    if match.group("less"):
        return mine < other
    return mine > other if match.group("more") else mine == other


def given_away(line: str, wares: tuple[Ware, ...], texts: tuple[str, ...]) -> str | None:
    """A ware with a price that is said to cost nothing, where nothing says so."""
    if not _GIFT.search(line):
        return None
    for ware, _, end in places_of(line, wares):
        if _FREE.match(line, end) and not any(
            _GIFT.search(text) and places_of(text, (ware,)) for text in texts
        ):
            return f"gives away {ware.names[0]}"
    return None
