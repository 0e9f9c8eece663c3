"""How players type."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from townsfolk.finetune.data.wording_files import read_wording

_OPENED, _SMALL, _UNPOINTED, _MISTYPED = 0.15, 0.3, 0.35, 0.06


@lru_cache(maxsize=1)
def _wording() -> Any:
    return read_wording("lures.yaml")


def lures(kind: str) -> Sequence[str]:
    """Wordings of `secret` and `out_of_world` lures, of `small_talk`, `openers` and so on."""
    wordings: Sequence[str] = _wording()[kind]
    return wordings


def lure_group(kind: str, wording: str) -> str:
    """The group of all examples that are lured with one wording."""
    return f"lure/{kind}/{wording}"


@lru_cache(maxsize=1)
def _tasks() -> Any:
    return read_wording("tasks.yaml")


def tasks(kind: str) -> Sequence[str]:
    """Wordings of tasks: with facts to say (`told`) or without (`social`)."""
    wordings: Sequence[str] = _tasks()[kind]
    return wordings


def asked_by_a_player(question: str, generator: random.Random) -> str:
    """A question as somebody types it: with a greeting, in small letters, without its mark."""
    if generator.random() < _OPENED:
        question = f"{generator.choice(lures('openers'))} {question}"
    if generator.random() < _SMALL:
        question = question.lower()
    if generator.random() < _UNPOINTED:
        question = question.rstrip(".?!")
    if generator.random() < _MISTYPED:
        question = _mistyped(question, generator)
    return question


def _mistyped(question: str, generator: random.Random) -> str:
    """Two neighbouring letters of a longer word change places."""
    words = question.split(" ")
    long = [
        i for i, word in enumerate(words) if len(word) > 4 and word.isalpha() and word.islower()
    ]
    if not long:
        return question
    place = generator.choice(long)
    word = words[place]
    at = generator.randrange(1, len(word) - 2)
    words[place] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return " ".join(words)
