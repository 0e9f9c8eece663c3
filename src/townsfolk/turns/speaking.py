"""A model's attempts at a line: call, repair, guard, and what the line does to the world."""

from __future__ import annotations

from collections.abc import Generator

from townsfolk.models.errors import ModelError
from townsfolk.models.interface import Completion, Message, Request
from townsfolk.retrieval.index import LoreIndex
from townsfolk.town.lore import LoreEntry
from townsfolk.town.transcript import Fault
from townsfolk.turns.answer import Answer, answer_schema, parse_answer
from townsfolk.turns.claims import Proposal, claims, derive_actions, without_claims
from townsfolk.turns.game_actions import Outcome, perform
from townsfolk.turns.guard import GuardContext, check_line, clean_stage
from townsfolk.turns.guard.context import guard_context
from townsfolk.turns.line import Line
from townsfolk.turns.lookups import look_up
from townsfolk.turns.prompt import ACTION_REJECTED, TurnPrompt
from townsfolk.turns.repair import repair
from townsfolk.turns.standing_in import authored_actions
from townsfolk.turns.tally import Tally, call

ATTEMPTS = 2
"""The answer and one retry."""

MAX_TOKENS = {"weak": 64, "strong": 400}
_TEMPERATURE = {"weak": 0.4, "strong": 0.7}
REPEAT_PENALTY = {"weak": 1.1, "strong": 1.05}
_TIMEOUT_SECONDS = 60.0


def speak(
    index: LoreIndex, prompt: TurnPrompt, given: tuple[LoreEntry, ...], tally: Tally
) -> Generator[Request, Completion, tuple[Line | None, tuple[LoreEntry, ...]]]:
    """A line of the model that passes the guard, or None; and the lore it had, look-ups too."""
    situation, strength = prompt.situation, prompt.profile.strength
    messages = prompt.messages(given, MAX_TOKENS[strength])
    instructions = prompt.not_to_be_repeated(messages)
    context: GuardContext | None = None
    for attempt in range(ATTEMPTS):
        request = Request(
            messages=tuple(messages),
            max_tokens=MAX_TOKENS[strength],
            temperature=_TEMPERATURE[strength],
            stop=("\n",) if strength == "weak" else (),
            seed=situation.seed_for(attempt),
            schema=schema_of(prompt),
            repeat_penalty=REPEAT_PENALTY[strength],
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
        if context is None:
            context = guard_context(
                prompt.town, prompt.part, situation, given, instructions, strength
            )
        line, faults = _judged(prompt, completion, context, last=attempt == ATTEMPTS - 1)
        tally.faults.extend(faults)
        if line is not None:
            return line, given
        if prompt.strong:
            messages.append(Message("assistant", completion.text[:1000]))
            messages.append(prompt.retry(faults))
    return None, given


def _judged(
    prompt: TurnPrompt, completion: Completion, context: GuardContext, last: bool
) -> tuple[Line | None, list[Fault]]:
    """The line in a completion, if it may be spoken, and what was wrong with it."""
    answer = parse_answer(completion.text) if prompt.strong else Answer(completion.text)
    cut = answer.cut or completion.finish == "length"
    speech = repair(answer.speech, context.own_names, context.others, context.max_words, cut)
    faults = check_line(speech, context)
    if faults:
        return None, faults
    outcome = _outcome(prompt, answer, speech)
    missing = _not_done(prompt, outcome)
    if missing:
        return None, [Fault(rule="not_done", detail=f"does not {', '.join(sorted(missing))}")]
    stage = clean_stage(answer.stage, context)
    undone = [action for action in outcome.rejected if _claimed(prompt, action.name, speech)]
    if not undone:
        return Line(speech, stage, "model", outcome), []
    faults = [Fault(rule=ACTION_REJECTED, detail=f"{a.name}: {a.reason}") for a in undone]
    if prompt.strong and not last:
        return None, faults
    definitions = [prompt.town.actions[action.name] for action in undone]
    mended = without_claims(speech, definitions, prompt.situation.language)
    if not mended or check_line(mended, context):
        return None, faults
    return Line(mended, stage, "model", outcome), faults


def _outcome(prompt: TurnPrompt, answer: Answer, speech: str) -> Outcome:
    situation = prompt.situation
    proposed: list[Proposal] = list(answer.actions)
    seen = derive_actions(prompt.town, prompt.part, situation, speech)
    if prompt.strong:
        # What it says it does, it does; without a change to the world there is nothing to claim.
        named = {name for name, _ in proposed}
        seen = [(n, a) for n, a in seen if n not in named and prompt.town.actions[n].effects]
    return perform(prompt.town, prompt.part, [*proposed, *seen], situation.world, situation.present)


def _not_done(prompt: TurnPrompt, outcome: Outcome) -> set[str]:
    """What the beat's authored line would do and a weak model's line does not.

    A strong model may have a reason; a weak one has forgotten it, and the story would hang.
    """
    if prompt.strong:
        return set()
    expected = authored_actions(prompt.town, prompt.part, prompt.situation)
    return expected - {action.name for action in outcome.actions if action.accepted}


def _claimed(prompt: TurnPrompt, action: str, speech: str) -> bool:
    """Whether a line says that it does what changes the world."""
    definition = prompt.town.actions.get(action)
    if definition is None or not definition.effects:
        return False
    return claims(speech, definition, prompt.situation.language)


def schema_of(prompt: TurnPrompt) -> dict[str, object] | None:
    """The JSON schema that a model's answer is held to; None for plain text."""
    if not prompt.strong or not prompt.profile.json_schema:
        return None
    return answer_schema(prompt.part.allowed_actions, prompt.thinks)
