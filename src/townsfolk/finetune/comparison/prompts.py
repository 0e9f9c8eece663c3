"""The prompts of the questions: what the NPC turn would send."""

from __future__ import annotations

from dataclasses import dataclass, replace

from townsfolk.finetune.comparison.questions import Question
from townsfolk.finetune.data.form import Moment, Said, part_of, situation_of, turn_prompt
from townsfolk.models.interface import Message
from townsfolk.models.profile import ModelProfile
from townsfolk.retrieval.index import LoreIndex
from townsfolk.town.beats import PLAYER
from townsfolk.town.lore import LoreEntry
from townsfolk.town.town import Town
from townsfolk.turns.known import recall
from townsfolk.turns.part import Part
from townsfolk.turns.situation import Situation


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is put to a model."""

    question: Question
    messages: tuple[Message, ...]
    given: tuple[LoreEntry, ...]
    found: bool
    """Whether the search gave the entry that answers; where not, it took the last one's place."""
    part: Part
    situation: Situation


def ask(town: Town, index: LoreIndex, question: Question, profile: ModelProfile) -> Asked:
    """The prompt of a question, with the lore that the turn's own search gives.

    What is measured is the use of given lore, so the entry that answers is given in any case.
    """
    heard = [Said(line.speech, own=line.speaker != PLAYER) for line in question.before]
    agent = town.agents[question.npc]
    moment = Moment(agent, (), (*heard, Said(question.ask)), question.language)
    part, situation = part_of(town, moment), situation_of(town, moment)
    given = list(recall(town, index, part, situation, profile.strength).given)
    answer = town.lore[question.lore] if question.lore else None
    found = answer is None or answer in given
    if answer is not None and not found:
        given[-1:] = [answer]
    moment = replace(moment, lore=tuple(given))
    messages = turn_prompt(town, moment, profile.strength, profile.context)
    return Asked(question, messages, moment.lore, found, part, situation)
