"""What is known of money in a turn: wares with their prices, and what states an amount."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from townsfolk.language.content import content_tokens
from townsfolk.language.money import Currency, money_sentences
from townsfolk.turns.guard.wares import Ware


@dataclass(frozen=True)
class MoneySource:
    """A sentence that states money."""

    sentence: str
    tokens: frozenset[str]
    values: frozenset[int]


@dataclass(frozen=True)
class Money:
    """What is known of money in a turn."""

    currency: Currency
    wares: tuple[Ware, ...] = ()
    sources: tuple[MoneySource, ...] = ()
    offered: frozenset[int] = frozenset()
    """Amounts that somebody named before, or that the beat is about."""
    voiced: frozenset[int] = frozenset()
    """Amounts in the lines that show the persona's voice."""
    supposed: frozenset[int] = frozenset()
    """Numbers of the authored line, which may suppose an offer: "before you say forty"."""
    due: frozenset[int] = frozenset()
    """Amounts that the beat must convey."""
    counts: frozenset[int] = frozenset()
    """Numbers that were heard: how many of something are wanted."""
    asked: str = ""
    """What was said last."""
    texts: tuple[str, ...] = ()
    """All that the turn rests on."""


@lru_cache(maxsize=8192)
def sources_in(text: str, currency: Currency) -> tuple[MoneySource, ...]:
    """The sentences of a text that state money; what stands around them tells their subject."""
    around = subject_of(text, currency)
    return tuple(
        MoneySource(
            sentence,
            subject_of(sentence, currency) | (around if len(around) < 40 else set()),
            values,
        )
        for sentence, values in money_sentences(text, currency)
    )


def subject_of(text: str, currency: Currency) -> frozenset[str]:
    """The words of a text that tell what it is about, without those for coins."""
    coins = set(content_tokens(currency.coins, currency.language))
    return frozenset(content_tokens(text, currency.language)) - coins
