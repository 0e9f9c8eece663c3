"""Rules on what a line states: numbers and names that stand somewhere, and what must be said."""

from __future__ import annotations

from townsfolk.language.content import content_stems
from townsfolk.language.names import unknown_names
from townsfolk.language.numbers import numbers_in
from townsfolk.turns.guard.context import GuardContext
from townsfolk.turns.key_facts import missing_facts

_ON_TOPIC = 0.4
"""Three in four of the sample's authored lines reach this share, looked at without the lines before
them; of the lines that the untrained embedded model wrote in their place, a third does."""


def unknown_number(line: str, context: GuardContext) -> str | None:
    """A number that stands neither in the lore, the persona, the scene nor what was said."""
    invented = sorted(numbers_in(line) - context.known_numbers)
    return f"states {', '.join(map(str, invented))}" if invented else None


def unknown_name(line: str, context: GuardContext) -> str | None:
    """A name that nothing in this world bears."""
    if context.language != "en":
        return None
    invented = unknown_names(line, context.known_names)
    return f"names {', '.join(invented)}" if invented else None


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
