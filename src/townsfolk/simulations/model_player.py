"""A simulated player that a model plays.

Its guidelines (gradual disclosure, signs with which it leaves) are those of user simulators such as
those of Yao et al. (2024), "τ-bench", and Zhou et al. (2024), "SOTOPIA".
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import Any

from townsfolk.language.particles import with_particles
from townsfolk.models.errors import ContextExceeded, ModelError, first_line
from townsfolk.models.interface import Completion, Message, Model, Request
from townsfolk.simulations.audit import PlayerError
from townsfolk.simulations.model_reply import PlayerReply, read_player_reply
from townsfolk.simulations.players import PlayerProfile
from townsfolk.town.beats import PLAYER
from townsfolk.town.texts import Language, Text
from townsfolk.town.town import Town
from townsfolk.town.transcript import Turn
from townsfolk.turns.driving import arun_turn, run_turn
from townsfolk.turns.player import PlayerLeft
from townsfolk.turns.player_text import clean_player_text
from townsfolk.turns.situation import Situation

_MAX_TOKENS = 160
_TRIES = 2
_NO_LINE = "no_line"
_SENT_AWAY = ("transfer", "out_of_scope")

_Steps = Generator[Request, Completion, PlayerReply | None]
"""Yields requests, is sent completions (or thrown a ModelError), returns what can be used."""


class ModelPlayer:
    """Says what a model makes of its persona and its goal, until it says that it leaves.

    The same seed gives the same requests after the same answers.
    """

    kind = "simulated"

    def __init__(
        self,
        town: Town,
        npc: str,
        name: str,
        profile: PlayerProfile,
        language: Language,
        seed: int,
        model: Model,
    ) -> None:
        """`name`: the player's id; `model`: its own, not the NPC's."""
        self.profile = profile
        self.intents: list[str] = []
        """`say`, or the sign that its line ended with, line by line."""
        self.left = ""
        """The sign with which it left, or `no_line`; empty before, and after its last line."""
        self.errors: list[PlayerError] = []
        """Why its model gave no line."""
        self.prompt_tokens = self.completion_tokens = self.calls = 0
        """What its own model has cost."""
        self._town, self._npc, self._language = town, npc, language
        self._names = (name.replace("_", " "), profile.name.get(language))
        self._seed, self._model = seed, model

    @property
    def intent(self) -> str:
        """What its last line meant, or the sign with which it left."""
        return self.left or (self.intents[-1] if self.intents else "")

    @property
    def gave_up(self) -> bool:
        """Whether it was sent away without having done what it came for."""
        return self.left in _SENT_AWAY

    def line(self, situation: Situation, scripted: Text | None) -> str:
        """What it says now. Raises PlayerLeft: it goes, or has said as much as it may."""
        return self._said(run_turn(self._steps(situation), self._model))

    async def aline(self, situation: Situation, scripted: Text | None) -> str:
        """The same as `line`, awaited."""
        return self._said(await arun_turn(self._steps(situation), self._model))

    def _steps(self, situation: Situation) -> _Steps:
        """The steps to the first reply that can be used; None where no try gives one."""
        if self.left or len(self.intents) >= self.profile.turns:
            raise PlayerLeft
        messages = self._messages(situation)
        own = replace(situation, seed=self._seed)
        faults: list[str] = []
        for attempt in range(_TRIES):
            self.calls += 1
            try:
                completion = yield Request(tuple(messages), _MAX_TOKENS, seed=own.seed_for(attempt))
            except ModelError as error:
                faults.append(f"{error.fault}: {first_line(error)}")
                if isinstance(error, ContextExceeded):
                    messages = _shortened(messages)
                continue
            self.prompt_tokens += completion.prompt_tokens
            self.completion_tokens += completion.completion_tokens
            reply = self._read(completion.text, situation)
            if reply.usable:
                return reply
            faults.append(f"no line in {completion.text[:80]!r}")
        self.errors.append(PlayerError(_NO_LINE, "; ".join(faults), situation.number))
        return None

    def _read(self, text: str, situation: Situation) -> PlayerReply:
        own_names = (situation.scene.player.name.get(self._language), *self._names)
        npc = self._town.agents[self._npc].persona
        return read_player_reply(text, own_names, npc.names(self._language))

    def _said(self, reply: PlayerReply | None) -> str:
        """The line of a reply. Raises PlayerLeft: it is a sign alone, or there is none."""
        self.left = _NO_LINE if reply is None else reply.sign
        if reply is None or not reply.line:
            raise PlayerLeft
        self.intents.append(reply.sign or "say")
        return reply.line

    def _messages(self, situation: Situation) -> list[Message]:
        """Its own lines are the assistant's, and what it heard between them the user's."""
        messages = [Message("system", self._system(situation))]
        heard: list[Turn] = []
        for turn in situation.heard_by(PLAYER):
            if turn.speaker == PLAYER:
                messages += [self._asked(situation, heard), Message("assistant", turn.speech)]
                heard = []
            else:
                heard.append(turn)
        return [*messages, self._asked(situation, heard)]

    def _system(self, situation: Situation) -> str:
        profile, language = self.profile, self._language
        return self._render(
            "player_system",
            situation,
            town=self._town.config.name.get(language),
            persona=profile.persona.get(language),
            kind=profile.goal.kind,
            goal=self._goal(situation),
            temper=profile.temper,
            mixed=profile.language == "mixed",
            purse=profile.purse,
            patience=profile.patience,
        )

    def _asked(self, situation: Situation, heard: Sequence[Turn]) -> Message:
        """What it is to answer. Lines of others are data, as a player's are to an NPC."""
        lines = [(turn.name, clean_player_text(turn.speech)) for turn in heard]
        return Message("user", self._render("player_turn", situation, lines=lines))

    def _goal(self, situation: Situation) -> str:
        """What it wants by its name; never the answer."""
        goal, town, language = self.profile.goal, self._town, self._language
        what: list[str] = []
        if goal.buy:
            what = [town.items[goal.buy].name.get(language)]
        elif goal.quest:
            what = [town.quests[goal.quest].name.get(language)]
        elif goal.learn:
            what = [town.lore[lore].title.get(language) for lore in goal.learn]
        elif goal.secret:
            what = [town.agents[goal.secret].name(language)]
        return self._render("player_goal", situation, kind=goal.kind, what=what)

    def _render(self, template: str, situation: Situation, **values: Any) -> str:
        """A template, with the names of both."""
        language = self._language
        values["name"] = situation.scene.player.name.get(language)
        values["npc"] = self._town.agents[self._npc].name(language)
        return with_particles(self._town.templates.render(template, language, **values))


def _shortened(messages: Sequence[Message]) -> list[Message]:
    """The same without the older half of what was said; it still ends with the question."""
    system, *said = messages
    # Each question has its answer after it, but for the last.
    exchanges = len(said) // 2
    return [system, *said[2 * ((exchanges + 1) // 2) :]]
