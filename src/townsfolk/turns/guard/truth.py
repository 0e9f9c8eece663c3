"""Rules on what a line states: numbers and names that stand somewhere, and what must be said."""

from __future__ import annotations

from townsfolk.language.names import unknown_names
from townsfolk.language.numbers import numbers_in
from townsfolk.turns.guard.context import GuardContext
from townsfolk.turns.key_facts import missing_facts


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
