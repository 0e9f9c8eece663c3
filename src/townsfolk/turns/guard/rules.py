"""All rules, in the order in which they are reported."""

from __future__ import annotations

from collections.abc import Callable

from townsfolk.town.transcript import Fault
from townsfolk.turns.guard import shape, truth, voice
from townsfolk.turns.guard.context import GuardContext
from townsfolk.turns.guard.echo import meta_talk, prompt_echo
from townsfolk.turns.guard.evasion import evasive
from townsfolk.turns.guard.register import wrong_register
from townsfolk.turns.guard.repetition import repetition
from townsfolk.turns.guard.secrecy import secret
from townsfolk.turns.guard.speakers import other_speaker

Rule = Callable[[str, GuardContext], str | None]
"""What is wrong with a line, or None."""

RULES: dict[str, Rule] = {
    "empty": shape.empty,
    "unfinished": shape.unfinished,
    "markup": shape.markup,
    "other_speaker": other_speaker,
    "prompt_echo": prompt_echo,
    "meta_talk": meta_talk,
    "wrong_language": voice.wrong_language,
    "out_of_world": voice.out_of_world,
    "third_person": voice.third_person,
    "repetition": repetition,
    "over_long": shape.over_long,
    "wrong_register": wrong_register,
    "unknown_number": truth.unknown_number,
    "wrong_price": truth.wrong_price,
    "unknown_name": truth.unknown_name,
    "not_conveyed": truth.not_conveyed,
    "secret": secret,
    "off_topic": truth.off_topic,
    "evasive": evasive,
}


def check_line(line: str, context: GuardContext) -> list[Fault]:
    """Everything that is wrong with a line; nothing when it may be spoken."""
    found = ((name, rule(line, context)) for name, rule in RULES.items())
    return [Fault(rule=name, detail=detail) for name, detail in found if detail is not None]
