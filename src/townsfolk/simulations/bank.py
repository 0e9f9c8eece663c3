"""Utterance banks: how a player of a temper words an intent, in English and Korean."""

from __future__ import annotations

import random
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import TypeAdapter

from townsfolk.language.particles import with_particles
from townsfolk.simulations.players import Temper
from townsfolk.town.texts import Language

Intent = Literal[
    "greet", "ask_wares", "ask_price", "haggle", "buy", "refuse_price", "ask_work", "ask_reward",
    "accept_quest", "ask_topic", "ask_again", "ask_more", "press_secret", "bribe", "threaten",
    "break_character", "insult", "small_talk", "confirm", "thank", "impatient", "give_up", "bye",
]  # fmt: skip

Bank = Mapping[Intent, Mapping[Temper, list[str]]]
PLAIN: Temper = "plain"

_FOLDER = Path(__file__).parent / "wording"


@lru_cache(maxsize=2)
def bank(language: Language) -> Bank:
    """All utterances of a language."""
    content = yaml.safe_load((_FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))
    return TypeAdapter(dict[Intent, dict[Temper, list[str]]]).validate_python(content)


def utterance(
    intent: Intent,
    temper: Temper,
    language: Language,
    slots: Mapping[str, str],
    said: frozenset[str],
    generator: random.Random,
) -> str:
    """Something that a player of this temper says with this intent; again only when all was said.

    Where the temper has no wording of its own for it, the plain one is taken.
    """
    of_intent = bank(language)[intent]
    forms = of_intent.get(temper) or of_intent[PLAIN]
    worded = [_worded(form, temper, slots) for form in forms]
    return generator.choice([line for line in worded if line not in said] or worded)


def _worded(form: str, temper: Temper, slots: Mapping[str, str]) -> str:
    line = with_particles(form.format_map(slots))
    # A name such as "the toll house" opens a sentence with a capital, but not on a phone.
    opens = form.startswith("{") and temper != "slang"
    return line[:1].upper() + line[1:] if opens else line
