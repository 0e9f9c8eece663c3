"""One NPC turn: from what is known to a line that may be spoken.

Written as a generator that yields each request and is sent its completion, so that one text serves
callers with threads, callers with coroutines, and callers that count calls.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from dataclasses import dataclass

from townsfolk.models.interface import Completion, Request
from townsfolk.models.profile import ModelProfile
from townsfolk.retrieval.index import LoreIndex
from townsfolk.town.beats import PLAYER
from townsfolk.town.lore import LoreEntry
from townsfolk.town.town import Town
from townsfolk.town.transcript import Fault, Timing, Turn
from townsfolk.town.world import World
from townsfolk.turns.citations import citations
from townsfolk.turns.known import recall
from townsfolk.turns.part import Part
from townsfolk.turns.prompt import TurnPrompt
from townsfolk.turns.situation import Situation
from townsfolk.turns.speaking import speak
from townsfolk.turns.standing_in import as_written, standing_in
from townsfolk.turns.tally import Tally


@dataclass(frozen=True, slots=True)
class Spoken:
    """A turn, and the world after it. The situation's own world has not changed."""

    turn: Turn
    world: World


Steps = Generator[Request, Completion, Spoken]
"""Yields requests, is sent completions (or thrown a ModelError), returns what was spoken."""


def npc_turn(
    town: Town, index: LoreIndex, profile: ModelProfile, part: Part, situation: Situation
) -> Steps:
    """The steps of a turn. Always ends in a turn with a line, whatever the model does."""
    began, started = time.time(), time.monotonic()
    beat, language = part.beat, situation.language
    tally = Tally()
    given: tuple[LoreEntry, ...] = ()
    retrieval_seconds = 0.0
    if beat.say is not None:
        line = as_written(town, part, situation, beat.say.get(language))
    else:
        known = recall(town, index, part, situation, profile.strength)
        given, retrieval_seconds = known.given, known.seconds
        if known.problem:
            tally.faults.append(Fault(rule="lore_unavailable", detail=known.problem))
        prompt = TurnPrompt(town, part, situation, profile)
        answer, given = yield from speak(index, prompt, given, tally)
        line = answer or standing_in(town, part, situation, tally.faults)
    turn = Turn(
        number=situation.number,
        speaker=part.agent.id,
        name=part.agent.name(language),
        speech=line.speech,
        origin=line.origin,
        to=beat.to,
        beat=part.beat_id,
        interrupts=part.interrupts,
        place=situation.place,
        present=list(situation.present),
        stage=line.stage or (beat.stage.get(language) if beat.stage else ""),
        game_actions=line.outcome.actions,
        citations=citations(town, part, given, situation, line.speech),
        lore=[entry.id for entry in given],
        faults=tally.faults,
        calls=tally.calls,
        prompt_tokens=tally.prompt_tokens,
        completion_tokens=tally.completion_tokens,
        timing=Timing(
            began=began,
            seconds=time.monotonic() - started,
            first_token_seconds=tally.first_token_seconds,
            retrieval_seconds=retrieval_seconds,
        ),
    )
    return Spoken(turn, line.outcome.world)


def player_turn(situation: Situation, speech: str) -> Turn:
    """The player's line as a turn."""
    return Turn(
        number=situation.number,
        speaker=PLAYER,
        name=situation.scene.player.name.get(situation.language),
        speech=speech,
        origin="player",
        place=situation.place,
        present=list(situation.present),
        timing=Timing(began=time.time()),
    )
