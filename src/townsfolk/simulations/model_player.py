"""A simulated player that a model plays.

Its guidelines (gradual disclosure, signs with which it leaves) are those of user simulators such as
that of Yao et al. (2024), "τ-bench".
"""

from __future__ import annotations

from collections.abc import Generator, Iterator

from townsfolk.language.particles import with_particles
from townsfolk.models.errors import ModelError
from townsfolk.models.interface import Completion, Message, Model, Request, Role
from townsfolk.simulations.model_reply import PlayerReply, read_player_reply
from townsfolk.simulations.players import PlayerProfile
from townsfolk.town.beats import PLAYER
from townsfolk.town.texts import Language, Text
from townsfolk.town.town import Town
from townsfolk.turns.player import PlayerLeft
from townsfolk.turns.player_text import clean_player_text
from townsfolk.turns.situation import Situation

_MAX_TOKENS = 120
_TRIES = 2
_FROM_NPC: Role = "user"
_OWN: Role = "assistant"

_Steps = Generator[Request, Completion | ModelError, PlayerReply | None]


class ModelPlayer:
    """Says what a model makes of its persona and its goal, until it says that it leaves."""

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
        self.profile = profile
        self.intents: list[str] = []
        """`say`, or the sign that its line ended with, line by line."""
        self.left = ""
        """Why it left: a sign, or `no_line` where the model gave none that could be used."""
        self.tokens = 0
        """Of its own prompts and answers together."""
        self._town, self._npc, self._language = town, npc, language
        self._seed, self._model = seed, model

    @property
    def gave_up(self) -> bool:
        """Whether it left for another reason than that it was done."""
        return self.left not in ("", "stop")

    def line(self, situation: Situation, scripted: Text | None) -> str:
        """What it says now. Raises PlayerLeft: it goes, or has said as much as it may."""
        steps = self._steps(situation)
        try:
            request = next(steps)
            while True:
                request = steps.send(self._answer(request))
        except StopIteration as finished:
            return self._said(finished.value)

    async def aline(self, situation: Situation, scripted: Text | None) -> str:
        """The same as `line`, awaited."""
        steps = self._steps(situation)
        try:
            request = next(steps)
            while True:
                try:
                    answer: Completion | ModelError = await self._model.acomplete(request)
                except ModelError as error:
                    answer = error
                request = steps.send(answer)
        except StopIteration as finished:
            return self._said(finished.value)

    def _answer(self, request: Request) -> Completion | ModelError:
        try:
            return self._model.complete(request)
        except ModelError as error:
            return error

    def _steps(self, situation: Situation) -> _Steps:
        """Yields requests and is sent answers; returns the first that can be used."""
        if self.left or len(self.intents) >= self.profile.turns:
            raise PlayerLeft
        messages = tuple(self._messages(situation))
        names = [situation.scene.player.name.get(self._language)]
        for attempt in range(_TRIES):
            seed = (self._seed * 1_000_003 + situation.number * 101 + attempt) % 2**31
            answer = yield Request(messages, _MAX_TOKENS, seed=seed)
            if isinstance(answer, Completion):
                self.tokens += answer.prompt_tokens + answer.completion_tokens
                reply = read_player_reply(answer.text, names)
                if reply.line or reply.sign:
                    return reply
        return None

    def _said(self, reply: PlayerReply | None) -> str:
        """The line of a reply. Raises PlayerLeft: it is a sign alone, or there is none."""
        self.left = "no_line" if reply is None else reply.sign
        if reply is None or not reply.line:
            raise PlayerLeft
        self.intents.append(reply.sign or "say")
        return reply.line

    def _messages(self, situation: Situation) -> Iterator[Message]:
        """Its own lines are the assistant's, and the NPC's the user's."""
        render, language = self._town.templates.render, self._language
        npc = self._town.agents[self._npc].name(language)
        name = situation.scene.player.name.get(language)
        system = render(
            "player_system",
            language,
            name=name,
            npc=npc,
            town=self._town.config.name.get(language),
            persona=self.profile.persona.get(language),
            goal=self._goal(npc),
            purse=self.profile.purse,
            patience=self.profile.patience,
        )
        yield Message("system", with_particles(system))
        said = ""
        for turn in situation.heard_by(PLAYER):
            if turn.speaker == PLAYER:
                yield Message(_FROM_NPC, self._asked(npc, name, said))
                yield Message(_OWN, turn.speech)
                said = ""
            else:
                said = f"{said} {turn.speech}".strip()
        yield Message(_FROM_NPC, self._asked(npc, name, said))

    def _asked(self, npc: str, name: str, said: str) -> str:
        values = {"npc": npc, "name": name, "said": clean_player_text(said)}
        return with_particles(self._town.templates.render("player_turn", self._language, **values))

    def _goal(self, npc: str) -> str:
        """What it wants by its names; never the answer."""
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
        return town.templates.render("player_goal", language, kind=goal.kind, what=what, npc=npc)
