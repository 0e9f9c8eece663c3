"""The rule on secrets.

No prompt holds what is not to be told, so a model can only have made it up, or have been talked
into it by a player who knows it. Word for word it is kept back all the same.
"""

from __future__ import annotations

from townsfolk.language.sentences import words
from townsfolk.turns.guard.context import GuardContext
from townsfolk.turns.guard.phrases import phrases


def secret(line: str, context: GuardContext) -> str | None:
    """Words in a row that stand in lore which is not to be told here, and nowhere else."""
    told = phrases(words(line), context.language) & context.secrets
    return f"tells what is not to be told: {' '.join(min(told))!r}" if told else None
