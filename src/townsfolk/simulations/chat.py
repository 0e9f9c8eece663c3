"""A conversation of one NPC and one simulated player, on the same turn that scenes use."""

from __future__ import annotations

import asyncio
import datetime
from dataclasses import dataclass

from townsfolk.models.interface import Model
from townsfolk.retrieval.index import LoreIndex
from townsfolk.simulations.plan import CHAT
from townsfolk.simulations.simulated import SimulatedPlayer
from townsfolk.town.beats import PLAYER
from townsfolk.town.scenes import PlayerCharacter, PlayerLine, Scene
from townsfolk.town.templates import PROMPT_VERSION
from townsfolk.town.texts import Text
from townsfolk.town.town import Town
from townsfolk.town.transcript import Progress, Transcript
from townsfolk.turns.driving import arun_turn
from townsfolk.turns.npc_turn import npc_turn, player_turn
from townsfolk.turns.part import reply_part
from townsfolk.turns.player import PlayerLeft
from townsfolk.turns.situation import Situation


@dataclass(frozen=True, slots=True)
class Meeting:
    """Where a player meets an NPC."""

    npc: str
    place: Text
    premise: Text


@dataclass(frozen=True, slots=True)
class ChatLimits:
    """When a conversation is ended; the rest of it is not played."""

    turns: int
    """Lines of the player."""
    seconds: float
    tokens: int
    """Of prompts and answers together."""


async def play_chat(
    town: Town,
    index: LoreIndex,
    model: Model,
    meeting: Meeting,
    player: SimulatedPlayer,
    character: PlayerCharacter,
    language: str,
    seed: int,
    limits: ChatLimits,
) -> Transcript:
    """The whole conversation: it ends when the player leaves, or at a limit (its `ending`)."""
    scene = _scene(town, meeting, character)
    transcript = _opening(town, scene, model, language, seed, player.kind)
    part = reply_part(town, scene, language, meeting.npc, PLAYER)
    began = asyncio.get_running_loop().time()
    for _ in range(limits.turns):
        try:
            line = await player.aline(_moment(scene, transcript), None)
        except PlayerLeft:
            transcript.ending = "left"
            break
        transcript.turns.append(player_turn(_moment(scene, transcript), line))
        steps = npc_turn(town, index, model.profile, part, _moment(scene, transcript))
        spoken = await arun_turn(steps, model)
        transcript.turns.append(spoken.turn)
        transcript.world = spoken.world
        spent = asyncio.get_running_loop().time() - began
        if spent > limits.seconds or _tokens(transcript) > limits.tokens:
            break
    transcript.ending = transcript.ending or "limit"
    transcript.status = "finished"
    return transcript


def _scene(town: Town, meeting: Meeting, character: PlayerCharacter) -> Scene:
    name = town.agents[meeting.npc].persona.name
    return Scene(
        title=name,
        place=meeting.place,
        premise=meeting.premise,
        cast=[meeting.npc],
        player=character,
        beats=[PlayerLine(player=character.name)],
    )


def _opening(
    town: Town, scene: Scene, model: Model, language: str, seed: int, kind: str
) -> Transcript:
    npc = scene.cast[0]
    return Transcript(
        town=town.config.name.get(language),
        scene=f"{CHAT}{npc}",
        title=scene.title.get(language),
        language=language,
        model=model.name,
        prompt_version=PROMPT_VERSION,
        seed=seed,
        player=kind,
        world=town.start_world(scene),
        progress=Progress(place=scene.place.get(language), present=[npc, PLAYER]),
        started_at=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    )


def _moment(scene: Scene, transcript: Transcript) -> Situation:
    return Situation(
        scene=scene,
        language=transcript.language,
        place=transcript.progress.place,
        present=tuple(transcript.progress.present),
        turns=tuple(transcript.turns),
        world=transcript.world,
        seed=transcript.seed,
    )


def _tokens(transcript: Transcript) -> int:
    return sum(turn.prompt_tokens + turn.completion_tokens for turn in transcript.turns)
