"""The rule on saying "I do not know" where the scene gives something to say."""

from __future__ import annotations

import re

from townsfolk.turns.guard.context import GuardContext

_DOES_NOT_KNOW = re.compile(
    r"(?:\b(?:i|we|one)(?: \w+)?|^|[.!?])\s*(?:(?:do|does|did|could|can|would)(?: not|n['’]t)|"
    r"cannot|dinna|canna)(?: \w+)? (?:know|ken|say|guess|recall|tell you)\b|"
    r"\b(?:know|heard|have heard|learnt|learned) (?:nothing|naught|nowt|no word|not)\b|"
    r"\bnever (?:heard|learnt|learned|been told|was told|asked)\b|"
    r"\b(?:no|not the faintest|never an?) (?:idea|notion|clue|inkling)\b|"
    r"\bask (?:somebody|someone|another|elsewhere|anyone)\b",
    re.IGNORECASE,
)


def evasive(line: str, context: GuardContext) -> str | None:
    """A weak model's "I do not know" in a beat that its author wrote a line for.

    It learnt to say so where it is asked and has no lore; a beat asks it nothing.
    """
    said = _DOES_NOT_KNOW.search(line)
    if said is None or not context.expected or _DOES_NOT_KNOW.search(context.expected):
        return None
    return f"does not know what to say: {said.group()!r}"
