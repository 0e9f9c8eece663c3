"""Conversations of simulated players with an NPC whose words a test gives."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tests.support.replay_model import ReplayModel
from townsfolk.models.interface import Request
from townsfolk.retrieval.index import LoreIndex
from townsfolk.simulations.agenda_player import AgendaPlayer
from townsfolk.simulations.chat import ChatLimits, Meeting, play_chat
from townsfolk.simulations.players import PlayerProfile
from townsfolk.town.scenes import PlayerCharacter
from townsfolk.town.texts import ANY_LANGUAGE, Language, Text
from townsfolk.town.town import Town
from townsfolk.town.transcript import Transcript

HERE = Text(root={ANY_LANGUAGE: "Here"})
NO_LIMITS = ChatLimits(turns=50, seconds=600, tokens=1_000_000)


def chat(
    town: Town,
    index: LoreIndex,
    npc: str,
    name: str,
    profile: PlayerProfile,
    reply: Callable[[Request], str],
    language: Language = "en",
    seed: int = 1,
    limits: ChatLimits = NO_LIMITS,
) -> tuple[Transcript, AgendaPlayer]:
    """A whole conversation, and the player with what it kept."""
    player = AgendaPlayer(town, npc, name, profile, language, seed)
    character = PlayerCharacter(name=profile.name, persona=profile.persona, purse=profile.purse)
    meeting = Meeting(npc, HERE, HERE)
    model = ReplayModel(reply)
    played = play_chat(
        town, index, model, meeting, player, character, language, seed, limits
    )  # fmt: skip
    return asyncio.run(played), player
