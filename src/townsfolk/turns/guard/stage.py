"""The stage direction of a strong model, held to the rules of a line."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from townsfolk.turns.guard import shape, truth, voice
from townsfolk.turns.guard.context import GuardContext
from townsfolk.turns.guard.echo import meta_talk, prompt_echo
from townsfolk.turns.guard.secrecy import secret

_MOST_WORDS = 20
_RULES: tuple[Callable[[str, GuardContext], str | None], ...] = (
    shape.markup, prompt_echo, voice.wrong_language, voice.out_of_world,
    truth.unknown_number, truth.unknown_name, meta_talk, secret,
)  # fmt: skip


def clean_stage(stage: str, context: GuardContext) -> str:
    """One short line of plain text, or nothing where it breaks a rule."""
    words = " ".join(stage.split())
    line = "".join(letter for letter in words if unicodedata.category(letter) != "Cc")
    if len(line.split()) > _MOST_WORDS or any(rule(line, context) for rule in _RULES):
        return ""
    return line
