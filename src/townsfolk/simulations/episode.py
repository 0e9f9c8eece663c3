"""Playing one episode of a run."""

from __future__ import annotations

import asyncio
import datetime
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from townsfolk.crews.play import Theatre
from townsfolk.crews.setting import Setting
from townsfolk.models.cost import Price
from townsfolk.models.interface import Model
from townsfolk.retrieval.index import LoreIndex
from townsfolk.scoring.interface import Scorer
from townsfolk.simulations.agenda_player import AgendaPlayer
from townsfolk.simulations.audit import audit
from townsfolk.simulations.chat import ChatLimits, Meeting, play_chat
from townsfolk.simulations.goals import achieved
from townsfolk.simulations.model_player import ModelPlayer
from townsfolk.simulations.plan import Plan
from townsfolk.simulations.players import PlayerProfile
from townsfolk.simulations.run_file import RunFile
from townsfolk.simulations.simulated import SimulatedPlayer
from townsfolk.store.records import Episode, Score
from townsfolk.town.beats import PLAYER
from townsfolk.town.scenes import PlayerCharacter
from townsfolk.town.town import Town
from townsfolk.town.transcript import Transcript

EVALUATOR, VERSION = "simulation", "1"
COST = "cost"
_SUCCESS, _ERRORS, _GAVE_UP = "goal_reached", "player_errors", "gave_up"


@dataclass(frozen=True)
class Studio:
    """What the episodes of a process are played with."""

    town: Town
    index: LoreIndex
    run: RunFile
    run_id: str
    players: Mapping[str, PlayerProfile]
    scorers: Sequence[Scorer]
    player_model: Model | None = None
    """Plays the players; None where they have agendas."""
    player_price: Price | None = field(default_factory=Price)
    """Of that model, where it is known."""

    async def play(self, plan: Plan, model: Model, price: Price | None) -> Episode:
        """An episode with its scores. `price`: of the NPCs' model, where it is known."""
        began = time.monotonic()
        player = self._player(plan)
        if plan.kind == "chat":
            transcript = await self._chat(plan, model, player)
        else:
            transcript = await asyncio.to_thread(self._scene, plan, model, player)
        _keep_intents(player, transcript)
        return Episode(
            run_id=self.run_id,
            key=plan.key,
            player=plan.player,
            transcript=transcript,
            seconds=time.monotonic() - began,
            finished_at=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            scores=(*self._scores(plan, player, transcript, price),),
        )

    def _npc(self, plan: Plan) -> str:
        """Whom the player means to talk to; in a scene the first of its cast."""
        return plan.about if plan.kind == "chat" else self.town.scenes[plan.about].cast[0]

    def _player(self, plan: Plan) -> SimulatedPlayer:
        npc, profile = self._npc(plan), self.players[plan.player]
        of = (self.town, npc, plan.player, profile, plan.language, plan.seed)
        return ModelPlayer(*of, self.player_model) if self.player_model else AgendaPlayer(*of)

    async def _chat(self, plan: Plan, model: Model, player: SimulatedPlayer) -> Transcript:
        chat, limits = self.run.chats[plan.where], self.run.limits
        character = PlayerCharacter(
            name=player.profile.name, persona=player.profile.persona, purse=player.profile.purse
        )
        return await play_chat(
            self.town,
            self.index,
            model,
            Meeting(chat.npc, chat.place, chat.premise),
            player,
            character,
            plan.language,
            plan.seed,
            ChatLimits(limits.turns, limits.seconds, limits.tokens),
        )

    def _scene(self, plan: Plan, model: Model, player: SimulatedPlayer) -> Transcript:
        setting = Setting(plan.language, plan.seed)
        return Theatre(self.town, model, self.index).play(plan.about, player, setting)

    def _scores(
        self, plan: Plan, player: SimulatedPlayer, transcript: Transcript, price: Price | None
    ) -> Sequence[Score]:
        town, profile = self.town, player.profile
        errors = audit(town, self._npc(plan), profile, transcript, player.gave_up)
        errors += player.errors
        own = {
            _SUCCESS: (float(achieved(town, profile.goal, transcript)), profile.goal.kind),
            _GAVE_UP: (float(player.gave_up), ""),
            _ERRORS: (float(len(errors)), "; ".join(f"{e.kind}: {e.detail}" for e in errors)),
        }
        if price is not None and self.player_price is not None:
            spent = self.player_price.of(player.prompt_tokens, player.completion_tokens)
            own[COST] = (_cost(transcript, price) + spent, "US dollars")
        found = [Score(name, value, why, EVALUATOR, VERSION) for name, (value, why) in own.items()]
        for scorer in self.scorers:
            found.extend(scorer.scores(town, transcript))
        return found


def _cost(transcript: Transcript, price: Price) -> float:
    return sum(price.of(turn.prompt_tokens, turn.completion_tokens) for turn in transcript.turns)


def _keep_intents(player: SimulatedPlayer, transcript: Transcript) -> None:
    lines = [turn for turn in transcript.turns if turn.speaker == PLAYER]
    for turn, intent in zip(lines, player.intents, strict=False):
        turn.intent = intent
