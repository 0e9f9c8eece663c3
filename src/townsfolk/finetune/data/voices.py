"""Practice voices: ways of talking, each with what it says around a fact."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pydantic import BaseModel, ConfigDict, Field

from townsfolk.finetune.data.wording_files import wording_named
from townsfolk.language.sentences import stands_in, words

_SHOWN = 3
"""Catchphrases of a persona."""
_OWN_FRAMES = 0.55
"""How often an answer takes the voice's own frames; else its catchphrases in frames that any voice
has, so that a model looks for the voice in its prompt and learns no voice by heart."""
_FACT_FIRST = ("{fact} {catchphrase}", "{catchphrase} {fact}")
_ADDRESSED = (
    "{address_capital}, {fact_lower}",
    "{fact_open}, {address}.",
    "Well, {address}, {fact_lower}",
)


class Voice(BaseModel):
    """A way of talking."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    trade: list[str]
    personality: list[str]
    register_: list[str] = Field(alias="register")
    catchphrases: list[str]
    address: list[str]
    sample_lines: list[str]
    frames: list[str]
    ignorance: list[str]
    refusal: list[str]
    puzzled: list[str]


@dataclass(frozen=True, slots=True)
class Speaker:
    """A voice as one persona has it: with what of it stands in the prompt."""

    voice: Voice
    catchphrases: tuple[str, ...]
    address: tuple[str, ...]
    """Forms of address that the prompt shows."""
    sample_lines: tuple[str, ...]
    register: str

    def answer(self, fact: str, inner: str, generator: random.Random) -> str:
        """A fact in this voice; `inner` is the fact as it goes on after a comma."""
        frames = [frame for frame in self.voice.frames if self._shown(frame)]
        if frames and generator.random() < _OWN_FRAMES:
            frame = generator.choice(frames)
        elif self.address and generator.random() < 0.35:
            frame = generator.choice(_ADDRESSED)
        else:
            frame = generator.choice(_FACT_FIRST)
        address = generator.choice(self.address) if self.address else ""
        return frame.format(
            fact=fact,
            fact_lower=inner,
            fact_open=fact.rstrip("."),
            catchphrase=ended(generator.choice(self.catchphrases)),
            address=address,
            address_capital=address[:1].upper() + address[1:],
        )

    def line(self, lines: Sequence[str], generator: random.Random) -> str:
        """One of the voice's lines that its prompt lets expect, or one with a catchphrase added."""
        shown = [line for line in lines if self._shown(line)]
        if shown and generator.random() < 0.8:
            return generator.choice(shown)
        line = generator.choice(lines)
        return line if line in shown else f"{ended(generator.choice(self.catchphrases))} {line}"

    def _shown(self, line: str) -> bool:
        """Whether a line has a mark of this voice, and only such as stand in the prompt."""
        said = [phrase for phrase in self.voice.catchphrases if _has(line, phrase)]
        if said:
            return all(phrase in self.catchphrases for phrase in said)
        called = [word for word in self.voice.address if _has(line, word)]
        return bool(called) and all(word in self.address for word in called)


def speaker(voice: Voice, generator: random.Random) -> Speaker:
    """A persona's share of a voice."""
    catchphrases = generator.sample(voice.catchphrases, min(_SHOWN, len(voice.catchphrases)))
    lines = [line for line in voice.sample_lines if any(_has(line, w) for w in voice.address)]
    if not lines or generator.random() < 0.25:
        lines = voice.sample_lines
    samples = generator.sample(lines, min(2, len(lines)))
    register = generator.choice(voice.register_)
    shown = f"{samples[0]} {register}"
    address = tuple(word for word in voice.address if _has(shown, word))
    return Speaker(voice, tuple(catchphrases), address, tuple(samples), register)


def ended(phrase: str) -> str:
    """A phrase as a sentence of its own."""
    return phrase if phrase[-1:] in ".!?…" else f"{phrase}."


def _has(line: str, phrase: str) -> bool:
    return stands_in(words(phrase), words(line))


@lru_cache(maxsize=1)
def voices() -> Mapping[str, Voice]:
    """All practice voices by their id."""
    return {
        name: Voice.model_validate(entry)
        for _, entries in wording_named("voices_*.yaml")
        for name, entry in entries.items()
    }
