"""Examples made of a town's own lore: its goods, its errands, what its people can tell of it.

English answers are sentences of the lore or short ones about prices and people, with a catchphrase
of the speaker's. Korean ones are put together for the speaker's speech level; what cannot be worded
at that level (a paragraph of lore is written in one of its own) is left to authored dialogues.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from townsfolk.finetune.data.asking import asked_by_a_player, lure_group, lures
from townsfolk.finetune.data.examples import Example, Kind
from townsfolk.finetune.data.families import capital
from townsfolk.finetune.data.form import (
    Fits,
    Moment,
    Said,
    fitted,
    part_of,
    reply_text,
    situation_of,
    turn_prompt,
)  # fmt: skip
from townsfolk.finetune.data.voices import ended
from townsfolk.finetune.data.wording_files import read_wording
from townsfolk.language.sentences import split_sentences
from townsfolk.models.interface import Message
from townsfolk.models.profile import Strength
from townsfolk.retrieval.index import LoreIndex
from townsfolk.town.agents import Agent
from townsfolk.town.beats import PLAYER
from townsfolk.town.lore import LoreEntry
from townsfolk.town.town import Town
from townsfolk.turns.known import recall, sayable

KINDS: dict[Kind, float] = {"lore": 0.62, "unknown": 0.22, "secret": 0.08, "out_of_world": 0.08}
_FEWEST, _MOST = 1, 6
"""Lines of lore in a prompt."""
_LONGEST_FACT = 22
_UNSPEAKABLE = ("what", "how", "who", "why", "when", "where")
"""Titles that begin so are questions or sentences, and fit into no question."""
_DEPENDENT = frozenset(
    {
        "he",
        "she",
        "it",
        "they",
        "his",
        "her",
        "its",
        "their",
        "this",
        "that",
        "these",
        "those",
        "there",
        "here",
        "such",
        "both",
        "another",
    }
)
"""A sentence that begins so rests on the one before it."""


@dataclass(frozen=True, slots=True)
class _Fact:
    """Something an NPC can be asked and can say."""

    entry: LoreEntry
    asks: tuple[str, ...]
    says: tuple[str, ...]


class OwnLore:
    """Makes examples of one town's lore."""

    def __init__(
        self,
        town: Town,
        index: LoreIndex,
        language: str,
        strength: Strength,
        context: int,
        fits: Fits,
    ) -> None:
        self.town, self.index, self.language, self.fits = town, index, language, fits
        self.strength, self.context = strength, context
        self._agents = [a for a in town.agents.values() if language in a.persona.language]

    def examples(self, count: int, seed: int) -> Iterator[Example]:
        """So many examples, or none where nobody speaks the language; the same for a seed."""
        generator = random.Random(f"{seed}/{self.language}")
        if not self._agents:
            return
        kinds = generator.choices([*KINDS], [*KINDS.values()], k=count)
        for kind in kinds:
            example = self._example(kind, generator.choice(self._agents), generator)
            if example is not None:
                yield example

    def _example(self, kind: Kind, agent: Agent, generator: random.Random) -> Example | None:
        entries = [e for e in sayable(self.town, agent.id, [PLAYER]) if e.id != agent.id]
        facts = [fact for entry in entries for fact in self._facts(entry, agent)]
        if kind in ("secret", "out_of_world"):
            lines = agent.persona.refusals.get(self.language)
            asks = self._lures(kind)
            return self._made(kind, kind, agent, asks, lines, generator) if lines else None
        if not facts:
            return None
        fact = generator.choice(facts)
        if kind == "lore":
            return self._made(kind, fact.entry.id, agent, fact.asks, fact.says, generator, fact)
        lines = self._ignorance(agent, fact.entry)
        return self._made(kind, fact.entry.id, agent, fact.asks, lines, generator, fact)

    def _made(
        self,
        kind: Kind,
        source: str,
        agent: Agent,
        asks: tuple[str, ...],
        says: list[str] | tuple[str, ...],
        generator: random.Random,
        fact: _Fact | None = None,
    ) -> Example:
        question = generator.choice(asks)
        ask = asked_by_a_player(question, generator)
        moment = Moment(agent, (), (Said(ask),), self.language)
        lore = self._found(moment, fact, kind, generator)
        reply = reply_text(generator.choice(says), self.strength)
        moment = fitted(
            Moment(agent, lore, moment.heard, self.language),
            lambda tried: self.fits(self._prompt(tried), reply),
            fact.entry.id if fact and kind == "lore" else None,
        )
        return Example(
            kind,
            f"lore/{source}",
            f"lore/{source}" if fact else lure_group(kind, question),
            agent.id,
            self.language,
            self._prompt(moment),
            reply,
        )

    def _prompt(self, moment: Moment) -> tuple[Message, ...]:
        return turn_prompt(self.town, moment, self.strength, self.context)

    def _found(
        self, moment: Moment, fact: _Fact | None, kind: Kind, generator: random.Random
    ) -> tuple[LoreEntry, ...]:
        """What the turn's own search gives, with the entry that answers or without it."""
        k = generator.randint(_FEWEST, _MOST)
        part, situation = part_of(self.town, moment), situation_of(self.town, moment)
        given = list(recall(self.town, self.index, part, situation, self.strength, k).given)
        if fact is None:
            return tuple(given)
        if kind == "unknown":
            names = {*fact.entry.names(self.language)}
            return tuple(e for e in given if e.id != fact.entry.id and not _tells(e, names))
        if fact.entry not in given:
            given[generator.randint(0, max(len(given) - 1, 0)) :] = [fact.entry]
        return tuple(given)

    def _facts(self, entry: LoreEntry, agent: Agent) -> Iterator[_Fact]:
        wording, own = _wording(self.language), self._voiced(agent)
        for ask, values in self._records(entry):
            says = wording[f"{ask}_say"]
            if isinstance(says, dict):
                says = says.get(agent.persona.speech.korean_level or "해요체", [])
            said = [line for say in says for line in own(say.format(**values))]
            if said:
                asks = tuple(form.format(**values) for form in wording[ask])
                yield _Fact(entry, asks, tuple(said))
        title = entry.title.get(self.language)
        sentence = _speakable(entry, self.language)
        if "about" in wording and sentence and title.split()[0].lower() not in _UNSPEAKABLE:
            asks = tuple(form.format(title=_as_topic(title)) for form in wording["about"])
            yield _Fact(entry, asks, tuple(own(sentence)))

    def _records(self, entry: LoreEntry) -> Iterator[tuple[str, dict[str, str]]]:
        """What the town's goods and errands say of themselves."""
        language, town = self.language, self.town
        if item := town.items.get(entry.id):
            title = item.name.get(language)
            if item.price is not None:
                amount = town.config.currency.get(language).format(amount=item.price)
                yield "price", {"title": title, "price": amount}
            if item.sold_by and (seller := town.agents.get(item.sold_by[0])):
                yield "seller", {"title": title, "seller": seller.name(language)}
        if quest := town.quests.get(entry.id):
            title = quest.name.get(language)
            if giver := town.agents.get(quest.giver):
                yield "giver", {"title": title, "giver": giver.name(language)}
            if quest.reward.silver:
                amount = town.config.currency.get(language).format(amount=quest.reward.silver)
                yield "reward", {"title": title, "reward": amount}

    def _voiced(self, agent: Agent) -> Callable[[str], list[str]]:
        phrases = agent.persona.speech.catchphrases.get(self.language)
        frames = _wording("en")["frames"]

        def own(fact: str) -> list[str]:
            if not phrases:
                return [fact]
            return [f.format(fact=fact, catchphrase=ended(p)) for f in frames for p in phrases]

        return own

    def _ignorance(self, agent: Agent, entry: LoreEntry) -> list[str]:
        lines = list(agent.persona.fallback_lines.get(self.language))
        title = _as_topic(entry.title.get(self.language))
        forms = [form.format(title=title) for form in _wording(self.language).get("ignorance", ())]
        own = self._voiced(agent)
        said = [line for form in forms for line in own(form[:1].upper() + form[1:])]
        # An authored line is in voice; a worded one also says what is not known.
        return said or lines

    def _lures(self, kind: Kind) -> tuple[str, ...]:
        return tuple(lures(kind) if self.language == "en" else _wording(self.language)[kind])


@lru_cache(maxsize=4)
def _wording(language: str) -> dict[str, Any]:
    wording: dict[str, Any] = read_wording(f"town.{language}.yaml")
    return wording


def _as_topic(title: str) -> str:
    """A title as it stands inside a sentence."""
    return title[:1].lower() + title[1:] if title.startswith(("The ", "A ", "An ")) else title


def _speakable(entry: LoreEntry, language: str) -> str:
    """A short sentence of an entry that stands on its own and says a key fact of it."""
    facts = entry.key_facts.get(language, ())
    for number, written in enumerate(split_sentences(entry.text(language))):
        # A passage begins with what it is of: "rope: …", "The Drowned Bell, a task from …: …".
        sentence = capital(written.partition(": ")[2]) if number == 0 else ""
        sentence = sentence or written
        words = sentence.split()
        alone = words and words[0].lower().strip(",") not in _DEPENDENT
        told = not facts or any(fact.lower() in sentence.lower() for fact in facts)
        if alone and told and 4 <= len(words) <= _LONGEST_FACT and sentence[-1] == ".":
            return sentence
    return ""


def _tells(entry: LoreEntry, names: set[str]) -> bool:
    text = "\n".join(entry.body.values()).lower()
    return any(name.lower() in text for name in names)
