"""The rule on money: every amount is the price of what is spoken of, an offer, or comes out right.

Fact checking against what a text rests on, as claims are matched with the one source that speaks
of the same thing (Thorne et al., 2018, FEVER), and not with any source that has the number.
"""

from __future__ import annotations

import re
from itertools import pairwise

from townsfolk.language.money import Amount, amounts, counts_up
from townsfolk.language.numbers import numerals
from townsfolk.language.sentences import split_sentences
from townsfolk.language.sums import comes_out
from townsfolk.turns.guard.known_money import Money, MoneySource, subject_of
from townsfolk.turns.guard.wares import (
    MULTIPLE,
    WORDED,
    Ware,
    given_away,
    other_coin,
    places_of,
    wrong_comparison,
)

_PRICED = re.compile(
    r"\b(?:pric|cost|pay|paid|fare|toll|fee|charg|worth|owe|sell|sold|buy|apiece)\w*|"
    r"값|요금|통행세|뱃삯|삯|팔|사 ?가|깎",
    re.IGNORECASE,
)
_ASKS_PRICE = re.compile(
    r"\bhow much\b|\bwhat\b[^.!?]*\b(?:cost|price|charge|owe|pay)|\b(?:cost|price)\b|얼마|값이",
    re.IGNORECASE,
)
_COMMA = re.compile(r"[,;:—–]\s|\s(?:and|but|or)\s|(?<=[고데만며])\s")
_ADDS = re.compile(
    r"\b(?:that['’]?s|makes?|made|total|together|altogether|in all|all told|sum|adds?|plus|"
    r"comes to|"
    r"leaves?|left|short|back|change|more|less|missing|lacks?|over|off|between|off)\b|"
    r"합|더하|더해|보태|모두|모자라|비[네었잖]|부족|남[네아는]|거스름|셈|다 해서|해서|치면|빼|깎",
    re.IGNORECASE,
)
"""Signs that something is added or taken away."""
_DENIED = re.compile(r"\s?닢[이은]\s?아니[라고]")
_CHANGE = re.compile(r"거스름|\b(?:change|back)\b", re.IGNORECASE)
"""What is given back has no price; it can only come out right."""
_ON_SUBJECT = 0.8
"""A source that shares this part of the words that the closest source shares is on the subject."""


def wrong_price(line: str, money: Money) -> str | None:
    """What is wrong with the amounts of a line, or None."""
    if not money.sources and not money.wares:
        return None
    multiple = MULTIPLE.search(line)
    if multiple and not any(MULTIPLE.search(text) for text in money.texts):
        return f"reckons a price: {multiple.group()!r}"
    worded = WORDED.search(line)
    about = worded and (_PRICED.search(line) or _wares_in(line, money))
    if worded and about and not any(WORDED.search(t) for t in money.texts):
        return f"words a price: {worded.group()!r}"
    odd = (
        other_coin(line, money.texts)
        or wrong_comparison(line, money.wares, money.asked)
        or given_away(line, money.wares, money.texts)
    )
    if odd:
        return odd
    before: list[int] = []
    wares = [price for ware, *_ in _wares_in(line, money) for price in sorted(ware.prices)]
    for sentence in split_sentences(line):
        named = _wares_in(sentence, money)
        found = amounts(sentence, money.currency)
        if counts_up([amount.value for amount in found]):
            continue
        for amount in found:
            if _DENIED.match(sentence, amount.end) and amount.value in wares:
                return f"denies {amount.value} {money.currency.after}".strip()
            known = _once(before, wares, sorted(money.offered)[:3])
            counts = (money.counts | frozenset(_counts(line, money))) - {amount.value}
            adds_up = bool(_ADDS.search(sentence)) and comes_out(amount.value, known)
            if not (
                _stands(amount, sentence, named, line, money)
                or adds_up
                or amount.value in {part * count for part in [*before, *wares] for count in counts}
                or _in_all(amount, named, money, counts)
            ):
                return f"states {amount.value} {money.currency.after}".strip()
            before.append(amount.value)
    return None


def _once(*groups: list[int]) -> list[int]:
    """All numbers, those of a later group only where no earlier one has them."""
    kept: list[int] = []
    for group in groups:
        kept += [value for value in group if value not in kept]
    return kept


def reckoned(number: int, line: str, money: Money) -> bool:
    """Whether a number comes out of the prices of what a line names, or of what was offered."""
    named = _wares_in(line, money) or _wares_in(money.asked, money)
    prices = [price for ware, *_ in named for price in sorted(ware.prices)]
    counts = (money.counts | frozenset(_counts(line, money))) - {number}
    known = _once(prices, sorted(money.offered - {number})[:3])
    return number in {price * count for price in prices for count in counts} or (
        bool(_ADDS.search(line)) and comes_out(number, known)
    )


def _stands(
    amount: Amount,
    sentence: str,
    named: list[tuple[Ware, int, int]],
    line: str,
    money: Money,
) -> bool:
    if amount.stated and not _same_coin(amount, money):
        return False
    about_money = named or _PRICED.search(sentence) or _ASKS_PRICE.search(money.asked)
    if not amount.stated and not about_money:
        return True
    bound = _bound(amount, sentence, named, money)
    if not amount.stated and amount.value in money.supposed:
        return True
    if bound is not None:
        own = {ware for ware, *_ in named}
        of_it = {v for s in _on_subject(sentence, line, money) for v in s.values
                 if {ware for ware, *_ in _wares_in(s.sentence, money)} == own}  # fmt: skip
        return amount.among(bound | money.offered | (of_it if len(named) < 2 else set()))
    around = [*named, *_wares_in(line, money), *_wares_in(money.asked, money)]
    asked = [ware for ware, *_ in around]
    prices = {price for ware in asked for price in ware.prices} | _called(amount, sentence, money)
    if amount.among(prices | money.offered | money.due) or (
        not asked and amount.among(money.voiced)
    ):
        return True
    clause = _clause(amount, sentence)
    if _CHANGE.search(clause):
        return False
    subject = _on_subject(clause, line, money)
    return any(amount.among(source.values) for source in subject)


def _called(amount: Amount, sentence: str, money: Money) -> set[int]:
    """Prices of the wares whose name ends in the word before an amount: 활 for 사냥활."""
    before = sentence[: amount.start].split()
    word = before[-1].rstrip("은는이가,") if before else ""
    return {
        price
        for ware in money.wares
        if word and ware.names[0].endswith(word)
        for price in ware.prices
    }


def _clause(amount: Amount, sentence: str) -> str:
    """The part of a sentence between commas in which an amount stands."""
    start = max((m.end() for m in _COMMA.finditer(sentence, 0, amount.start)), default=0)
    end = _COMMA.search(sentence, amount.end)
    return sentence[start : end.start() if end else None]


def _same_coin(amount: Amount, money: Money) -> bool:
    """Whether an amount is in the town's coin, or in one that something speaks of."""
    own = money.currency.coins
    general = ("coin", "piece", "닢", "동전")
    return all(
        coin.rstrip("s") in own or coin in own or coin.startswith(general)
        or _known_coin(coin, money)
        for coin in amount.coin.split()
    )  # fmt: skip


def _known_coin(coin: str, money: Money) -> bool:
    if len(coin) == 1:
        return any(coin in amount.coin.split() for text in money.texts
                   for amount in amounts(text, money.currency))  # fmt: skip
    return any(coin in text.lower() for text in money.texts)


def _bound(
    amount: Amount, sentence: str, named: list[tuple[Ware, int, int]], money: Money
) -> frozenset[int] | None:
    """The price that an amount has to be: of the only ware, or of the one it stands beside."""
    if not named:
        return None
    if len(named) == 1:
        ware = named[0][0]
        if len(amounts(sentence, money.currency)) == 1:
            return ware.prices
        clause = _clause(amount, sentence)
        beside = ware_stands(clause, ware, money)
        return ware.prices if beside else None
    found = amounts(sentence, money.currency)
    if len(found) == len(named):
        pairs = list(zip(named, found, strict=True))
        if all(ware[1] < value.start for ware, value in pairs) and all(
            value.start < ware[1] for (_, value), (ware, _) in pairwise(pairs)
        ):
            return next(ware[0].prices for ware, value in pairs if value == amount)
    return None


def _wares_in(text: str, money: Money) -> list[tuple[Ware, int, int]]:
    return places_of(text, money.wares)


def ware_stands(clause: str, ware: Ware, money: Money) -> bool:
    """Whether a clause names a ware."""
    return any(other is ware for other, *_ in _wares_in(clause, money))


def _counts(line: str, money: Money) -> set[int]:
    """The numbers of a line that count something, and no money."""
    paid = {amount.start for amount in amounts(line, money.currency)}
    return {
        number.value
        for number in numerals(line)
        if not number.ordinal and number.start not in paid and 1 < number.value < 50
    }


def _in_all(
    amount: Amount, named: list[tuple[Ware, int, int]], money: Money, counts: frozenset[int]
) -> bool:
    """Whether an amount is what so many heads or pieces of the subject cost, as was asked."""
    if named or not counts:
        return False
    single = {value for source in _closest(money.asked, money) for value in source.values}
    return any(price * count == amount.value for price in single for count in counts)


def _closest(text: str, money: Money) -> list[MoneySource]:
    """The sources that share most words with a text."""
    said = subject_of(text, money.currency)
    most = max((len(source.tokens & said) for source in money.sources), default=0)
    return [s for s in money.sources if most and len(s.tokens & said) == most]


def _on_subject(sentence: str, line: str, money: Money) -> list[MoneySource]:
    """The sources that speak of what the sentence, or the question, is about."""
    said = subject_of(sentence, money.currency)
    wider = said | subject_of(line, money.currency) | subject_of(money.asked, money.currency)
    scored = [(2 * len(s.tokens & said) + len(s.tokens & wider), s) for s in money.sources]
    most = max((score for score, _ in scored), default=0)
    return [source for score, source in scored if score >= most * _ON_SUBJECT]
