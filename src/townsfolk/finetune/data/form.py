"""The prompt of an NPC turn, for a moment that is only thought of."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from townsfolk.models.interface import Message
from townsfolk.models.profile import ModelProfile, Strength
from townsfolk.town.agents import Agent
from townsfolk.town.beats import PLAYER, Beat
from townsfolk.town.lore import LoreEntry
from townsfolk.town.scenes import PlayerCharacter, Scene
from townsfolk.town.texts import ANY_LANGUAGE, Text
from townsfolk.town.town import Town
from townsfolk.town.transcript import Turn
from townsfolk.turns.part import Part, reply_part
from townsfolk.turns.prompt import TurnPrompt
from townsfolk.turns.situation import Situation
from townsfolk.turns.speaking import MAX_TOKENS

Fits = Callable[[Sequence[Message], str], bool]
"""Whether a prompt with its reply is short enough."""


@dataclass(frozen=True, slots=True)
class Said:
    """A line of the conversation so far."""

    speech: str
    own: bool = False
    """Whether the NPC said it; else the player did."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What an NPC is told before it speaks."""

    agent: Agent
    lore: tuple[LoreEntry, ...]
    heard: tuple[Said, ...]
    """The conversation; its last line is the one to answer."""
    language: str
    task: str = ""
    """What the NPC is to do; a free reply when left out."""
    conveys: tuple[str, ...] = ()
    """Of the lore the entries whose key facts the task demands."""
    player: str = ""
    """The player's name; as a scene without one calls it when left out."""


def turn_prompt(
    town: Town, moment: Moment, strength: Strength, context: int
) -> tuple[Message, ...]:
    """The messages of the NPC turn, word for word as the game would send them."""
    profile = ModelProfile(strength=strength, context=context)
    if moment.conveys:
        town = replace(town, lore={**town.lore, **{entry.id: entry for entry in moment.lore}})
    prompt = TurnPrompt(town, part_of(town, moment), situation_of(town, moment), profile)
    return tuple(prompt.messages(moment.lore, MAX_TOKENS[strength]))


def fitted(moment: Moment, fits: Callable[[Moment], bool], needed: str | None = None) -> Moment:
    """The moment with as much of its lore as fits, worst hits left out first; `needed` stays."""
    while not fits(moment):
        spare = [entry for entry in moment.lore if entry.id != needed]
        if not spare:
            return moment
        moment = replace(moment, lore=tuple(e for e in moment.lore if e is not spare[-1]))
    return moment


def reply_text(speech: str, strength: Strength) -> str:
    """A spoken line in the form in which a model answers."""
    if strength == "weak":
        return speech
    return json.dumps({"speech": speech, "stage": "", "actions": []}, ensure_ascii=False)


def part_of(town: Town, moment: Moment) -> Part:
    """A reply to the player in the NPC's own words, or the task that is stated.

    The NPC is one of the town's.
    """
    if not moment.task:
        return reply_part(town, _scene(moment), moment.language, moment.agent.id, PLAYER)
    task = Text(root={ANY_LANGUAGE: moment.task})
    beat = Beat(
        agent=moment.agent.id,
        description=task,
        expected_output=task,
        to=PLAYER,
        must_convey=[*moment.conveys],
        # Never spoken: a beat that has to convey something must have a line in reserve.
        authored=task if moment.conveys else None,
    )
    # A beat of a scene, so that the search looks for what it is about too.
    return Part(moment.agent, beat, "task")


def situation_of(town: Town, moment: Moment) -> Situation:
    """The NPC and the player alone, in the NPC's town."""
    scene = _scene(moment)
    present = (moment.agent.id, PLAYER)
    turns = _turns(moment, scene, present)
    place = scene.place.get(moment.language)
    world = town.start_world()
    return Situation(scene, moment.language, place, present, turns, world, seed=1)


def _scene(moment: Moment) -> Scene:
    city = moment.agent.persona.city
    scene = Scene(title=city, place=city, premise=city, cast=[moment.agent.id], beats=["-"])
    if not moment.player:
        return scene
    player = PlayerCharacter(name=Text(root={ANY_LANGUAGE: moment.player}))
    return scene.model_copy(update={"player": player})


def _turns(moment: Moment, scene: Scene, present: Sequence[str]) -> tuple[Turn, ...]:
    names = {True: moment.agent.name(moment.language),
             False: scene.player.name.get(moment.language)}  # fmt: skip
    return tuple(
        Turn(
            number=number,
            speaker=moment.agent.id if said.own else PLAYER,
            name=names[said.own],
            speech=said.speech,
            origin="model" if said.own else "player",
            present=[*present],
        )
        for number, said in enumerate(moment.heard, start=1)
    )
