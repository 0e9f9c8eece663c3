"""One NPC turn: from what is known to a line that may be spoken.

Written as a generator that yields each request and is sent its completion, so that one text serves
callers with threads, callers with coroutines, and callers that count calls.
"""

from __future__ import annotations

import random
import time
from collections.abc import Generator

from townsfolk.models.errors import ModelError
from townsfolk.models.interface import Completion, Message, Request
from townsfolk.models.profile import ModelProfile
from townsfolk.retrieval.index import LoreIndex
from townsfolk.town.agents import Agent
from townsfolk.town.beats import PLAYER, Beat
from townsfolk.town.lore import LoreEntry
from townsfolk.town.town import Town
from townsfolk.town.transcript import Fault, Origin, Timing, Turn
from townsfolk.turns.answer import Answer, answer_schema, parse_answer
from townsfolk.turns.citations import citations
from townsfolk.turns.game_actions import derive_actions, perform
from townsfolk.turns.guard import check_line, clean_stage
from townsfolk.turns.guard.context import guard_context
from townsfolk.turns.known import recall
from townsfolk.turns.lookups import look_up
from townsfolk.turns.prompt import TurnPrompt
from townsfolk.turns.repair import repair
from townsfolk.turns.situation import Situation
from townsfolk.turns.tally import Tally, call

Steps = Generator[Request, Completion, Turn]
"""Yields requests, is sent completions (or thrown a ModelError), returns the turn."""

ATTEMPTS = 2
"""The answer and one retry."""

_LORE = {"weak": 2, "strong": 6}
_MAX_TOKENS = {"weak": 48, "strong": 400}
_TEMPERATURE = {"weak": 0.4, "strong": 0.7}
_REPEAT_PENALTY = {"weak": 1.1, "strong": 1.05}
_TIMEOUT_SECONDS = 60.0


def npc_turn(
    town: Town, index: LoreIndex, profile: ModelProfile, beat_id: str, situation: Situation
) -> Steps:
    """The steps of a beat's turn. Always ends in a turn with a line, whatever the model does.

    Changes the situation's world by the game actions that are accepted.
    """
    started = time.monotonic()
    beat = town.beats[beat_id]
    agent = town.agents[beat.agent]
    language = situation.language
    tally = Tally()
    given: tuple[LoreEntry, ...] = ()
    retrieval_seconds = 0.0
    answer: Answer | None = None
    origin: Origin = "model"
    if beat.say is not None:
        answer, origin = Answer(beat.say.get(language)), "say"
    else:
        strength = profile.strength
        known = recall(town, index, agent, beat, situation, _LORE[strength])
        given, retrieval_seconds = known.given, known.seconds
        prompt = TurnPrompt(town, agent, beat, situation, profile)
        answer, given = yield from _speak(index, prompt, given, tally)
        if answer is None:
            answer, origin = _instead(agent, beat, situation, tally.faults)
    proposed = list(answer.actions)
    # A fallback line fits after anything and means nothing: it does nothing either.
    if origin != "fallback" and (origin != "model" or profile.strength == "weak"):
        proposed = derive_actions(town, agent, beat, situation, answer.speech)
    allowed = [name for name in beat.actions if name in agent.entry.actions]
    return Turn(
        number=situation.number,
        speaker=agent.id,
        name=agent.name(language),
        speech=answer.speech,
        origin=origin,
        to=beat.to,
        beat=beat_id,
        place=situation.place,
        present=list(situation.present),
        stage=answer.stage or (beat.stage.get(language) if beat.stage else ""),
        game_actions=perform(town, agent, allowed, proposed, situation.world, situation.present),
        citations=citations(town, agent, beat, given, situation, answer.speech),
        lore=[entry.id for entry in given],
        faults=tally.faults,
        calls=tally.calls,
        prompt_tokens=tally.prompt_tokens,
        completion_tokens=tally.completion_tokens,
        timing=Timing(
            seconds=time.monotonic() - started,
            first_token_seconds=tally.first_token_seconds,
            retrieval_seconds=retrieval_seconds,
        ),
    )


def _speak(
    index: LoreIndex, prompt: TurnPrompt, given: tuple[LoreEntry, ...], tally: Tally
) -> Generator[Request, Completion, tuple[Answer | None, tuple[LoreEntry, ...]]]:
    """An answer of the model that passes the guard, or None; and the lore it had, look-ups too."""
    situation, strength = prompt.situation, prompt.profile.strength
    messages = prompt.messages(given, _MAX_TOKENS[strength])
    instructions = prompt.not_to_be_repeated(messages)
    for attempt in range(ATTEMPTS):
        request = Request(
            messages=tuple(messages),
            max_tokens=_MAX_TOKENS[strength],
            temperature=_TEMPERATURE[strength],
            stop=("\n",) if strength == "weak" else (),
            seed=_seed(situation, attempt),
            schema=_schema(prompt),
            repeat_penalty=_REPEAT_PENALTY[strength],
            timeout=_TIMEOUT_SECONDS,
        )
        try:
            if attempt == 0 and prompt.looks_up:
                completion, given = yield from look_up(index, prompt, request, given, tally)
            else:
                completion = yield from call(request, tally)
        except ModelError as error:
            tally.faults.append(Fault(rule=error.fault, detail=str(error)))
            continue
        context = guard_context(
            prompt.town, prompt.agent, prompt.beat, situation, given, instructions, strength
        )
        answer = parse_answer(completion.text) if prompt.strong else Answer(completion.text)
        cut = completion.finish == "length"
        speech = repair(
            answer.speech, context.own_names, context.other_names, context.max_words, cut
        )
        faults = check_line(speech, context)
        if not faults:
            return Answer(speech, clean_stage(answer.stage, context), answer.actions), given
        tally.faults.extend(faults)
        if prompt.strong:
            messages.append(Message("assistant", completion.text[:1000]))
            messages.append(prompt.retry(fault.rule for fault in faults))
    return None, given


def _schema(prompt: TurnPrompt) -> dict[str, object] | None:
    if not prompt.strong or not prompt.profile.json_schema:
        return None
    return answer_schema(prompt.allowed_actions(), prompt.thinks)


def _seed(situation: Situation, attempt: int) -> int:
    return (situation.seed * 1_000_003 + situation.number * 101 + attempt) % 2**31


def _instead(
    agent: Agent, beat: Beat, situation: Situation, faults: list[Fault]
) -> tuple[Answer, Origin]:
    """The authored line, or one of the persona's own that was not spoken yet.

    Its own are fallback lines, or refusals where the model left the character.
    """
    if beat.authored is not None:
        return Answer(beat.authored.get(situation.language)), "authored"
    persona, language = agent.persona, situation.language
    lured = any(fault.rule == "out_of_world" for fault in faults)
    lines = (lured and persona.refusals.get(language)) or persona.fallback_lines.get(language)
    spoken = {turn.speech for turn in situation.turns}
    fresh = [line for line in lines if line not in spoken] or lines
    chosen = random.Random(_seed(situation, ATTEMPTS)).choice(fresh)
    return Answer(chosen), "fallback"


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
    )
