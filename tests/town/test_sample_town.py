"""The sample town: that it is as large, as varied and as sound as it is said to be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import pytest

from townsfolk.language.detect import detect_language
from townsfolk.language.korean_levels import breaks_level
from townsfolk.town.agents import AgentEntry
from townsfolk.town.beats import PLAYER, Beat
from townsfolk.town.config import TownConfig
from townsfolk.town.game_actions import ActionDefinition
from townsfolk.town.lore import LoreEntry
from townsfolk.town.scenes import Enter, Leave, Move, PlayerLine, Scene
from townsfolk.town.schema import Entry
from townsfolk.town.town import Town
from townsfolk.town.transcript import Origin, Turn
from townsfolk.town.world import World
from townsfolk.turns.claims import derive_actions
from townsfolk.turns.game_actions import perform
from townsfolk.turns.guard import check_line
from townsfolk.turns.guard.context import guard_context
from townsfolk.turns.key_facts import missing_facts
from townsfolk.turns.part import beat_part
from townsfolk.turns.repair import repair
from townsfolk.turns.situation import Situation

SCENES = [
    "town_arrival",
    "market_haggling",
    "night_at_the_gate",
    "quest_report",
    "market_morning",
    "inn_evening",
]
MEANT_TO_BE_REJECTED = {"morning_bow_sale"}
"""Beats whose action the world refuses, as the author wants it."""
LANGUAGES = ["en", "ko"]
YAML_FILES: dict[str, type[Entry]] = {
    "agents.yaml": AgentEntry,
    "tasks.yaml": Beat,
    "actions.yaml": ActionDefinition,
    "town.yaml": TownConfig,
    **{f"crews/{scene}.yaml": Scene for scene in SCENES},
}
"""The files that designers write, and what an entry of each may hold."""


def test_there_are_at_least_120_lore_entries(town: Town) -> None:
    assert len(town.lore) >= 120


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_lore_entry_is_written_in_both_languages(town: Town, language: str) -> None:
    assert [entry.id for entry in town.lore.values() if not entry.body.get(language)] == []


def test_every_npc_has_a_secret_of_its_own(town: Town) -> None:
    """A secret that its owner may not tell, known at most to others whom it trusts."""
    holders = {owner for entry in secrets(town) for owner in entry.audience}
    assert holders == set(town.agents)


def test_some_secrets_are_known_to_one_npc_alone(town: Town) -> None:
    assert sum(len(entry.audience) == 1 for entry in secrets(town)) >= 5


def test_some_secrets_are_known_to_exactly_one_faction(town: Town) -> None:
    members: dict[str, set[str]] = {}
    for name, agent in town.agents.items():
        for faction in agent.persona.factions:
            members.setdefault(faction, set()).add(name)
    shared = [faction for faction, who in members.items() if len(who) > 1]
    told = {
        faction
        for faction in shared
        for entry in secrets(town)
        if entry.audience == frozenset(members[faction])
    }
    assert len(told) >= 2


def test_there_are_at_least_eight_game_actions(town: Town) -> None:
    assert len(town.actions) >= 8


def test_there_are_at_least_four_scenes(town: Town) -> None:
    assert set(SCENES) <= set(town.scenes)
    assert len(town.scenes) >= 4


def test_every_beat_is_played_in_a_scene(town: Town) -> None:
    played = {beat for scene in town.scenes.values() for beat in scene.beat_ids()}
    assert set(town.beats) - played == set()


def test_every_beat_has_an_authored_line(town: Town) -> None:
    assert [name for name, beat in town.beats.items() if not authored(beat, "en")] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_authored_line_states_the_key_facts_it_must_convey(town: Town, language: str) -> None:
    missing = {
        name: facts
        for name, beat in town.beats.items()
        if (facts := missing_facts(authored(beat, language), must_convey(town, beat), language))
    }
    assert missing == {}


def test_every_authored_line_keeps_its_speakers_korean_level(town: Town) -> None:
    broken = {}
    for name, beat in town.beats.items():
        level = town.agents[beat.agent].persona.speech.korean_level
        assert level is not None
        if sentences := breaks_level(authored(beat, "ko"), level):
            broken[name] = sentences
    assert broken == {}


def test_every_korean_dialogue_of_an_agent_keeps_its_level(town: Town) -> None:
    levels = {agent.name("ko"): agent.persona.speech.korean_level for agent in town.agents.values()}
    broken = [
        dialogue.output
        for dialogue in town.dialogues
        if (level := levels.get(dialogue.NPC_Name)) and breaks_level(dialogue.output, level)
    ]
    assert broken == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scene", SCENES)
def test_what_the_author_wrote_for_a_model_to_say_would_pass_the_guard(
    town: Town, scene: str, language: str
) -> None:
    faults = {}
    for name, situation in moments(town, scene, language):
        beat = town.beats[name]
        if beat.authored is None:
            continue
        given = must_convey(town, beat)
        context = guard_context(town, beat_part(town, name), situation, given, "")
        line = authored(beat, language)
        own, others = context.own_names, context.others
        assert repair(line, own, others, context.max_words) == line
        if found := check_line(line, context):
            faults[name] = found
    assert faults == {}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scene", SCENES)
def test_every_authored_line_does_the_game_actions_of_its_beat(
    town: Town, scene: str, language: str
) -> None:
    for name, situation in moments(town, scene, language):
        part = beat_part(town, name)
        proposed = derive_actions(town, part, situation, authored(part.beat, language))
        done = perform(town, part, proposed, situation.world, situation.present)
        expected = [] if name in MEANT_TO_BE_REJECTED else part.beat.actions
        accepted = [action.name for action in done.actions if action.accepted]
        assert [action.name for action in done.actions] == part.beat.actions, name
        assert accepted == expected, (name, done)
        for field in World.model_fields:
            setattr(situation.world, field, getattr(done.world, field))


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_at_least_sixty_dialogues_in_each_language(town: Town, language: str) -> None:
    outputs = [dialogue.output for dialogue in town.dialogues]
    assert sum(detect_language(output) == language for output in outputs) >= 60


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_dialogues_are_of_at_least_twenty_npcs_of_four_cities(
    town: Town, language: str
) -> None:
    rows = [row for row in town.dialogues if detect_language(row.output) == language]
    assert len({row.NPC_Name for row in rows}) >= 20
    assert len({row.City for row in rows}) == 4


def test_no_dialogue_says_what_another_says(town: Town) -> None:
    outputs = [re.sub(r"\W+", " ", row.output).strip().lower() for row in town.dialogues]
    assert len(set(outputs)) == len(outputs)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_agent_has_dialogues_for_its_prompt(town: Town, language: str) -> None:
    written = {row.NPC_Name for row in town.dialogues}
    assert {agent.name(language) for agent in town.agents.values()} <= written


@pytest.mark.parametrize(("name", "shape"), YAML_FILES.items(), ids=YAML_FILES)
def test_every_yaml_file_opens_with_a_comment_that_explains_each_key_it_may_hold(
    repository: Path, name: str, shape: type[Entry]
) -> None:
    keys = [field.alias or key for key, field in shape.model_fields.items()]
    comment = opening_comment(repository / name)
    assert keys
    assert [key for key in keys if not re.search(rf"\b{key}\b", comment)] == []


def secrets(town: Town) -> list[LoreEntry]:
    return [entry for entry in town.lore.values() if entry.confidential]


def authored(beat: Beat, language: str) -> str:
    """What the author wrote for this beat; empty where there is nothing."""
    line = beat.say or beat.authored
    return line.get(language) if line else ""


def must_convey(town: Town, beat: Beat) -> tuple[LoreEntry, ...]:
    return tuple(town.lore[lore_id] for lore_id in beat.must_convey)


def moments(town: Town, name: str, language: str) -> Iterator[tuple[str, Situation]]:
    """Each beat of a scene with the moment it is played in, all lines spoken as authored.

    The world is the same one all along, so that what is done in a beat lasts.
    """
    scene = town.scenes[name]
    world = town.start_world(scene)
    present = [*scene.at_start(), PLAYER]
    place = scene.place.get(language)
    turns: list[Turn] = []

    def speak(speaker: str, speech: str, origin: Origin) -> None:
        turns.append(
            Turn(
                number=len(turns) + 1,
                speaker=speaker,
                name=town.character_name(speaker, scene, language),
                speech=speech,
                origin=origin,
                present=[*present],
            )
        )

    for item in scene.beats:
        if isinstance(item, str):
            yield item, Situation(scene, language, place, tuple(present), tuple(turns), world, 1)
            speak(town.beats[item].agent, authored(town.beats[item], language), "authored")
        elif isinstance(item, PlayerLine):
            speak(PLAYER, item.player.get(language), "player")
        elif isinstance(item, Enter):
            present += item.enter
        elif isinstance(item, Leave):
            present = [who for who in present if who not in item.leave]
        elif isinstance(item, Move):
            place = item.place.get(language)


def opening_comment(path: Path) -> str:
    """The comment lines before a file's first entry."""
    lines = path.read_text("utf-8").splitlines()
    return "\n".join(takewhile(lambda line: line.startswith("#"), lines))
