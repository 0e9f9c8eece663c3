"""A simulated player that needs no model: an agenda, and a bank of utterances."""

from __future__ import annotations

import random
from collections.abc import Mapping

from townsfolk.simulations.agenda import Act, Agenda
from townsfolk.simulations.bank import Intent, utterance
from townsfolk.simulations.goals import npc_lines
from townsfolk.simulations.players import PlayerProfile, Temper
from townsfolk.simulations.slips import with_slips
from townsfolk.town.beats import PLAYER
from townsfolk.town.texts import Language, Text
from townsfolk.town.town import Town
from townsfolk.turns.player import PlayerLeft
from townsfolk.turns.situation import Situation

_OTHER: Mapping[Language, Language] = {"en": "ko", "ko": "en"}
_MIXED: tuple[Intent, ...] = ("greet", "thank", "small_talk", "confirm", "ask_more")
"""What a foreigner says in the other language, before the rest in this one."""


class AgendaPlayer:
    """Says what its agenda has next, until that is empty or it has had enough.

    The same seed gives the same lines after the same answers.
    """

    kind = "simulated"
    errors = ()
    """None: an agenda always has a line, or is at its end."""
    prompt_tokens = completion_tokens = 0

    def __init__(
        self, town: Town, npc: str, name: str, profile: PlayerProfile, language: Language, seed: int
    ) -> None:
        self.profile = profile
        self.intents: list[Intent] = []
        """What it meant, line by line."""
        self._town, self._npc, self._language = town, npc, language
        self._generator = random.Random(f"{seed}/{name}/{npc}/{language}")
        self._agenda = Agenda(town, npc, profile, language, self._generator)

    @property
    def gave_up(self) -> bool:
        """Whether its patience is at an end."""
        return self._agenda.gave_up

    def line(self, situation: Situation, scripted: Text | None) -> str:
        """What it says now. Raises PlayerLeft: it has said all, or as much as it may."""
        self._agenda.observe(npc_lines(situation.heard_by(PLAYER)), situation.world)
        act = self._agenda.next() if len(self.intents) < self.profile.turns else None
        if act is None:
            raise PlayerLeft
        self.intents.append(act.intent)
        said = frozenset(turn.speech for turn in situation.turns if turn.speaker == PLAYER)
        line = self._worded(act, self.profile.temper, self._language, said)
        if act.intent == "haggle":
            self._agenda.offers += 1
        if self.profile.language == "mixed":
            line = f"{self._aside(said)} {line}"
        kept = {word for name in self._named(act.about, self._language).values()
                for word in name.split()}  # fmt: skip
        return with_slips(line, self.profile.habits.slips, self._generator, kept)

    async def aline(self, situation: Situation, scripted: Text | None) -> str:
        """The same as `line`: it waits for nothing."""
        return self.line(situation, scripted)

    def _worded(self, act: Act, temper: Temper, language: Language, said: frozenset[str]) -> str:
        slots = {**self._named(act.about, language), **self._agenda.slots()}
        return utterance(act.intent, temper, language, slots, said, self._generator)

    def _aside(self, said: frozenset[str]) -> str:
        """A few words in the other language."""
        act = Act(self._generator.choice(_MIXED))
        return self._worded(act, "plain", _OTHER[self._language], said)

    def _named(self, about: str, language: Language) -> dict[str, str]:
        town = self._town
        npc = town.agents[self._npc].name(language)
        item, quest, lore = town.items.get(about), town.quests.get(about), town.lore.get(about)
        topic = _within(lore.title.get(language)) if lore else npc
        return {
            "npc": npc,
            "town": town.config.name.get(language),
            "item": item.name.get(language) if item else topic,
            "quest": quest.name.get(language) if quest else topic,
            "topic": topic,
        }


def _within(title: str) -> str:
    """A title as it stands within a sentence."""
    article, space, rest = title.partition(" ")
    return f"{article.lower()}{space}{rest}" if article in ("The", "A", "An") else title
