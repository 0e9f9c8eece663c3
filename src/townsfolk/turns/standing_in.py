"""Lines in place of the model's: what the author wrote for the beat, or for the persona."""

from __future__ import annotations

import random
from collections.abc import Iterable

from townsfolk.town.agents import Agent
from townsfolk.town.town import Town
from townsfolk.town.transcript import Fault
from townsfolk.turns.claims import derive_actions, without_claims
from townsfolk.turns.game_actions import Outcome, perform
from townsfolk.turns.line import Line
from townsfolk.turns.part import Part
from townsfolk.turns.situation import Situation


def as_written(town: Town, part: Part, situation: Situation, speech: str) -> Line:
    """A beat's `say`, word for word, whatever the world makes of it."""
    return Line(speech, "", "say", _outcome(town, part, situation, speech))


def standing_in(town: Town, part: Part, situation: Situation, faults: Iterable[Fault]) -> Line:
    """The authored line, or one of the persona's own that was not spoken yet.

    The authored line loses what it claims to do where the world does not agree. A persona's line
    fits after anything and means nothing, so it does nothing either.
    """
    language = situation.language
    if part.beat.authored is not None:
        speech = part.beat.authored.get(language)
        outcome = _outcome(town, part, situation, speech)
        undone = [town.actions[action.name] for action in outcome.rejected]
        said = without_claims(speech, (a for a in undone if a.effects), language)
        if said:
            return Line(said, "", "authored", outcome)
        return Line(_persona_line(part.agent, situation, faults), "", "fallback", outcome)
    nothing = Outcome([], situation.world)
    return Line(_persona_line(part.agent, situation, faults), "", "fallback", nothing)


def authored_actions(town: Town, part: Part, situation: Situation) -> set[str]:
    """The game actions that the beat's authored line would do here."""
    if part.beat.authored is None or not part.allowed_actions:
        return set()
    speech = part.beat.authored.get(situation.language)
    outcome = _outcome(town, part, situation, speech)
    return {action.name for action in outcome.actions if action.accepted}


def _outcome(town: Town, part: Part, situation: Situation, speech: str) -> Outcome:
    proposed = derive_actions(town, part, situation, speech)
    return perform(town, part, proposed, situation.world, situation.present)


def _persona_line(agent: Agent, situation: Situation, faults: Iterable[Fault]) -> str:
    """A fallback line, or a refusal where the model left the character."""
    persona, language = agent.persona, situation.language
    lured = any(fault.rule == "out_of_world" for fault in faults)
    lines = (lured and persona.refusals.get(language)) or persona.fallback_lines.get(language)
    spoken = {turn.speech for turn in situation.turns}
    fresh = [line for line in lines if line not in spoken] or lines
    return random.Random(situation.seed_for(_LAST)).choice(fresh)


_LAST = 2
"""After the seeds of the two attempts."""
