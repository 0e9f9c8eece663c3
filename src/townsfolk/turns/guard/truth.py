"""Rules on what a line states: numbers and names that stand somewhere, and what must be said."""

from __future__ import annotations

from townsfolk.language import english_names, korean_names
from townsfolk.language.content import content_stems
from townsfolk.language.names import sound
from townsfolk.language.numbers import numbers_in, numerals
from townsfolk.language.sentences import words
from townsfolk.language.sums import comes_out
from townsfolk.turns.guard import money
from townsfolk.turns.guard.context import GuardContext
from townsfolk.turns.key_facts import missing_facts

_ON_TOPIC = 0.4
"""Three in four of the sample's authored lines reach this share, looked at without the lines before
them; of the lines that the untrained embedded model wrote in their place, a third does."""


def unknown_number(line: str, context: GuardContext) -> str | None:
    """A number that stands neither in the lore, the persona, the scene nor what was said."""
    invented = sorted(
        number
        for number in numbers_in(line) - context.known_numbers
        if number not in _counted(line)
        and not comes_out(number, _others(line, number), context.money.counts)
        and not _years_since(number, context)
        and not money.reckoned(number, line, context.money)
    )
    return f"states {', '.join(map(str, invented))}" if invented else None


def _others(line: str, number: int) -> list[int]:
    """The numbers that stand before one in a line, each as often as it does."""
    values = [numeral.value for numeral in numerals(line)]
    return values[: values.index(number)] if number in values else values


def _counted(line: str) -> set[int]:
    """Numbers that are counted one after the other."""
    values = [numeral.value for numeral in numerals(line)]
    return {n for n in values if {n - 2, n - 1} <= {*values} or {n - 1, n + 1} <= {*values}
            or {n + 1, n + 2} <= {*values}}  # fmt: skip


def _years_since(number: int, context: GuardContext) -> bool:
    """Whether so many years lie between the story's time and a year that is known."""
    year = context.year
    return year is not None and any(
        year - known == number for known in context.known_numbers if 0.5 * year < known
    )


def wrong_price(line: str, context: GuardContext) -> str | None:
    """Money that is neither the price of what is spoken of, nor offered, nor reckoned right."""
    return money.wrong_price(line, context.money)


def unknown_name(line: str, context: GuardContext) -> str | None:
    """A name that nothing in this world bears."""
    if context.language == "ko":
        invented = korean_names.invented_names(line, context.town_text)
    else:
        invented = english_names.invented_names(
            line, context.known_names, context.town_word, context.name_pairs
        )
    if context.language == "ko":
        return f"names {', '.join(invented)}" if invented else None
    heard = {sound(word) for text in context.earlier for word in words(text)}
    invented = [
        name for name in invented if sound(name) not in heard and not _quoted(name, line, heard)
    ]
    return f"names {', '.join(invented)}" if invented else None


def _quoted(name: str, line: str, heard: set[str]) -> bool:
    """Whether a name with the word before it sounds like a word that was heard: "Why Fie"."""
    before = line[: line.find(name)].split()
    return bool(before) and sound(before[-1] + name) in heard


def not_conveyed(line: str, context: GuardContext) -> str | None:
    """A key fact that the beat must convey is missing."""
    missing = missing_facts(line, context.must_convey, context.language)
    return f"does not say {', '.join(missing)}" if missing else None


def off_topic(line: str, context: GuardContext) -> str | None:
    """Most of a weak model's words come from nowhere in the turn; only where that is looked at."""
    if context.topic is None:
        return None
    stems = content_stems(line)
    if not stems:
        return None
    share = sum(stem in context.topic for stem in stems) / len(stems)
    return f"{share:.0%} of its words belong to the turn" if share < _ON_TOPIC else None
