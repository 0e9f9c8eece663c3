"""Reading a town's folder into a `Town`, with all its problems in one go."""

from __future__ import annotations

from pathlib import Path

from townsfolk.town.agents import Agent, AgentEntry
from townsfolk.town.audience import Audiences
from townsfolk.town.beats import Beat
from townsfolk.town.check_templates import check_templates
from townsfolk.town.checks import check_references
from townsfolk.town.config import TownConfig
from townsfolk.town.dialogues import Dialogue
from townsfolk.town.errors import Problem, TownError
from townsfolk.town.game_actions import ActionDefinition
from townsfolk.town.json_lore import JsonLoreReader
from townsfolk.town.json_source import read_json
from townsfolk.town.knowledge import FOLDER, JSON, Knowledge, knowledge_files
from townsfolk.town.markdown_lore import MarkdownLoreReader
from townsfolk.town.people import person_lore
from townsfolk.town.persona import Persona
from townsfolk.town.reading import Reading
from townsfolk.town.scenes import Scene
from townsfolk.town.schema import validate
from townsfolk.town.source import IS_MISSING, Location, Source, SourceError, relative
from townsfolk.town.templates import Templates
from townsfolk.town.texts import ANY_LANGUAGE, Text
from townsfolk.town.town import Town

DIALOGUES_FOLDER = Path("finetune") / "data"


def load_town(root: Path) -> Town:
    """The town in a folder.

    Raises:
        TownError: with every problem of every file.
    """
    root = root.absolute()
    if not (root / "town.yaml").is_file():
        raise TownError(
            [Problem(root.as_posix(), None, "", "is no town: it has no town.yaml",
                     remedy="name a town with --town DIR, or make one with: townsfolk new DIR")]
        )  # fmt: skip
    reading = Reading(root)
    names, problems = reading.names, reading.problems
    config = _config(reading)
    entries = reading.entries("agents.yaml", AgentEntry, names.agents)
    agents = _agents(reading, entries)
    beats = reading.entries("tasks.yaml", Beat, names.beats)
    actions = {}
    if (root / "actions.yaml").exists():
        actions = reading.entries("actions.yaml", ActionDefinition, names.actions)
    scenes = _scenes(reading)
    dialogues = _dialogues(reading)
    knowledge = _knowledge(reading, config, entries, agents)
    town = Town(root, config, agents, beats, scenes, actions, knowledge.items, knowledge.quests,
                knowledge.lore, dialogues)  # fmt: skip
    problems.extend(check_references(town, names, reading.sources, knowledge.places))
    if problems:
        raise TownError(problems)
    return town


def _config(reading: Reading) -> TownConfig:
    config = reading.entry("town.yaml", TownConfig)
    if config is None:
        reading.names.flags.complete = False
        return TownConfig(name=Text(root={ANY_LANGUAGE: reading.root.name}))
    reading.names.flags.ids.update(config.world.flags)
    reading.names.languages = tuple(config.languages)
    return config


def _agents(reading: Reading, entries: dict[str, AgentEntry]) -> dict[str, Agent]:
    agents: dict[str, Agent] = {}
    for identifier, entry in entries.items():
        if isinstance(entry.persona, Persona):
            agents[identifier] = Agent(identifier, entry, entry.persona, "agents.yaml")
            continue
        path = reading.root / entry.persona
        try:
            persona = reading.profile(path)
        except SourceError as error:
            reading.problems.append(_unusable(reading, identifier, entry.persona, error.problem))
            continue
        if persona is not None:
            agents[identifier] = Agent(identifier, entry, persona, relative(reading.root, path))
    return agents


def _unusable(reading: Reading, identifier: str, path: str, problem: Problem) -> Problem:
    """The problem of a profile: told where it is named, unless it lies inside the profile."""
    source, at = reading.sources["agents.yaml"], (identifier, "persona")
    if problem.found == IS_MISSING:
        profiles = [relative(reading.root, profile) for profile in _profiles(reading.root)]
        return source.unknown(at, "profile", path, profiles)
    if problem.line is None:
        found = f"{path!r} {problem.found}"
        return source.problem(at, found, problem.allowed, problem.remedy)
    return problem


def _profiles(root: Path) -> list[Path]:
    return [path for path in knowledge_files(root / FOLDER, JSON) if path.parent.name == "npcs"]


def _knowledge(
    reading: Reading,
    config: TownConfig,
    entries: dict[str, AgentEntry],
    agents: dict[str, Agent],
) -> Knowledge:
    root, names, problems = reading.root, reading.names, reading.problems
    personas = {name: agent.persona for name, agent in agents.items()}
    audiences = Audiences.of(personas, names)
    templates = Templates(root)
    broken = list(check_templates(templates))
    problems.extend(broken)
    knowledge = Knowledge()
    people = _people(reading, entries, agents)
    _note_factions(reading)
    try:
        JsonLoreReader(
            root=root,
            folder=root / FOLDER,
            profiles=frozenset(_profiles(root)),
            config=config,
            people={name: persona.name for name, persona in personas.items()},
            names=names,
            audiences=audiences,
            templates=templates,
            problems=problems,
            knowledge=knowledge,
        ).read()
        MarkdownLoreReader(
            root, root / FOLDER, config.languages[0], names, audiences, problems, knowledge
        ).read()
        for identifier, (persona, source, at) in people.items():
            for entry in person_lore(
                identifier, persona, source, at, config.languages, audiences, templates
            ):
                knowledge.add(entry, problems)
        knowledge.name_unnamed()
    except TownError as error:
        # A broken template, most of which have been told: what follows is not read.
        told = {problem.file for problem in broken}
        problems.extend(problem for problem in error.problems if problem.file not in told)
        for named in (names.lore, names.items, names.quests):
            named.complete = False
    problems.extend(audiences.problems)
    names.lore.ids.update(knowledge.lore, names.agents)
    return knowledge


def _people(
    reading: Reading, entries: dict[str, AgentEntry], agents: dict[str, Agent]
) -> dict[str, tuple[Persona, Source, Location]]:
    """The agents' profiles, and those of people who are only known about, and where they stand."""
    people: dict[str, tuple[Persona, Source, Location]] = {}
    for name, agent in agents.items():
        inline = isinstance(agent.entry.persona, Persona)
        at: Location = (name, "persona") if inline else ()
        people[name] = (agent.persona, reading.sources[agent.persona_file], at)
    used = {
        reading.root / entry.persona for entry in entries.values() if isinstance(entry.persona, str)
    }
    for path in _profiles(reading.root):
        if path in used:
            continue
        try:
            persona = reading.profile(path)
        except SourceError as error:
            reading.problems.append(error.problem)
            continue
        if persona is not None and path.stem not in people:
            people[path.stem] = (persona, reading.sources[relative(reading.root, path)], ())
    return people


def _note_factions(reading: Reading) -> None:
    """Note the factions of all agents, readable or not."""
    source = reading.sources.get("agents.yaml")
    entries = source.data if source else None
    factions = reading.names.factions
    factions.complete = isinstance(entries, dict)
    for entry in entries.values() if isinstance(entries, dict) else ():
        profile = entry.get("persona") if isinstance(entry, dict) else None
        if isinstance(profile, str):
            file = relative(reading.root, reading.root / profile)
            profile = reading.sources[file].data if file in reading.sources else None
        names = profile.get("factions", []) if isinstance(profile, dict) else None
        if isinstance(names, list):
            factions.ids.update(name for name in names if isinstance(name, str))
        else:
            factions.complete = False


def _scenes(reading: Reading) -> dict[str, Scene]:
    paths = sorted((reading.root / "crews").glob("*.yaml"))
    scenes = {path.stem: reading.entry(relative(reading.root, path), Scene) for path in paths}
    reading.names.scenes.ids.update(scenes)
    if not paths:
        reading.problems.append(
            Problem("crews", None, "", "the town has no scene", "files crews/NAME.yaml")
        )
    return {name: scene for name, scene in scenes.items() if scene is not None}


def _dialogues(reading: Reading) -> tuple[Dialogue, ...]:
    dialogues: list[Dialogue] = []
    for path in sorted((reading.root / DIALOGUES_FOLDER).glob("*.json")):
        try:
            source = read_json(reading.root, path)
        except SourceError as error:
            reading.problems.append(error.problem)
            continue
        reading.problems.extend(source.duplicates)
        dialogues.extend(validate(list[Dialogue], source, reading.problems) or [])
    return tuple(dialogues)
