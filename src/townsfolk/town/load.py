"""Reading a town's folder into a `Town`, with all its problems in one go."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from townsfolk.town.agents import Agent, AgentEntry
from townsfolk.town.audience import Audiences
from townsfolk.town.beats import Beat
from townsfolk.town.checks import check_references
from townsfolk.town.config import TownConfig
from townsfolk.town.dialogues import Dialogue
from townsfolk.town.errors import Problem, TownError
from townsfolk.town.game_actions import ActionDefinition
from townsfolk.town.knowledge import KnowledgeReader, knowledge_files
from townsfolk.town.people import person_lore
from townsfolk.town.persona import Persona
from townsfolk.town.scenes import Scene
from townsfolk.town.schema import validate
from townsfolk.town.source import Source, SourceError, read_json, read_yaml, relative
from townsfolk.town.templates import Templates
from townsfolk.town.town import Town

T = TypeVar("T")

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
    problems: list[Problem] = []
    sources: dict[str, Source] = {}
    config = _read(root, "town.yaml", TownConfig, problems, sources)
    if config is None:
        config = TownConfig.model_construct(name=None)
    entries = _read(root, "agents.yaml", dict[str, AgentEntry], problems, sources) or {}
    agents = _agents(root, entries, sources, problems)
    beats = _read(root, "tasks.yaml", dict[str, Beat], problems, sources) or {}
    actions = {}
    if (root / "actions.yaml").exists():
        actions = (
            _read(root, "actions.yaml", dict[str, ActionDefinition], problems, sources) or {}
        )
    scenes = _scenes(root, problems, sources)
    dialogues = _dialogues(root, problems)
    try:
        reader = KnowledgeReader(
            root=root,
            config=config,
            names={name: agent.persona.name for name, agent in agents.items()},
            audiences=Audiences.of({name: agent.persona for name, agent in agents.items()}),
            templates=Templates(root),
            problems=problems,
        )
        knowledge = reader.read()
        for identifier, (persona, file) in _people(root, agents, problems).items():
            for entry in person_lore(
                identifier, persona, file, config.languages, reader.audiences.resolve,
                reader.templates,
            ):  # fmt: skip
                knowledge.add(entry, problems)
    except TownError as error:
        raise TownError([*problems, *error.problems]) from None
    # Who cannot be read cannot be named: audiences are wrong only while the agents are right.
    if not any(problem.file == "agents.yaml" for problem in problems):
        problems.extend(reader.audiences.problems)
    town = Town(root, config, agents, beats, scenes, actions, knowledge.items, knowledge.quests,
                knowledge.lore, dialogues)  # fmt: skip
    problems.extend(check_references(town, sources, set(entries)))
    if problems:
        raise TownError(problems)
    return town


def _read(
    root: Path, name: str, shape: type[T], problems: list[Problem], sources: dict[str, Source]
) -> T | None:
    try:
        source = read_yaml(root, root / name)
    except SourceError as error:
        problems.append(error.problem)
        return None
    sources[name] = source
    problems.extend(source.duplicates)
    if source.data is None:
        problems.append(Problem(name, 1, "", "is empty", remedy="see the sample town's file"))
        return None
    value: T | None = validate(shape, source, problems)
    return value


def _agents(
    root: Path, entries: dict[str, AgentEntry], sources: dict[str, Source], problems: list[Problem]
) -> dict[str, Agent]:
    agents: dict[str, Agent] = {}
    for identifier, entry in entries.items():
        if isinstance(entry.persona, Persona):
            agents[identifier] = Agent(identifier, entry, entry.persona, "agents.yaml")
            continue
        path = root / entry.persona
        try:
            persona = _persona(root, path, problems)
        except SourceError as error:
            line = sources["agents.yaml"].line((identifier, "persona"))
            problems.append(error.problem)
            problems.append(
                Problem("agents.yaml", line, f"{identifier}.persona",
                        f"its profile {entry.persona!r} cannot be used",
                        "a JSON file in the town, like knowledge/npcs/NAME.json")
            )  # fmt: skip
            continue
        if persona is not None:
            agents[identifier] = Agent(identifier, entry, persona, relative(root, path))
    return agents


def _persona(root: Path, path: Path, problems: list[Problem]) -> Persona | None:
    source = read_json(root, path)
    problems.extend(source.duplicates)
    persona: Persona | None = validate(Persona, source, problems)
    return persona


def _people(
    root: Path, agents: dict[str, Agent], problems: list[Problem]
) -> dict[str, tuple[Persona, str]]:
    """The agents' profiles, and those of people who are only known about."""
    people = {name: (agent.persona, agent.persona_file) for name, agent in agents.items()}
    used = {agent.persona_file for agent in agents.values()}
    for path in knowledge_files(root, ".json"):
        file = relative(root, path)
        if path.parent.name != "npcs" or file in used:
            continue
        if any(problem.file == file for problem in problems):
            continue
        try:
            persona = _persona(root, path, problems)
        except SourceError as error:
            problems.append(error.problem)
            continue
        if persona is not None and path.stem not in people:
            people[path.stem] = (persona, file)
    return people


def _scenes(root: Path, problems: list[Problem], sources: dict[str, Source]) -> dict[str, Scene]:
    scenes: dict[str, Scene] = {}
    paths = sorted((root / "crews").glob("*.yaml"))
    for path in paths:
        scene = _read(root, relative(root, path), Scene, problems, sources)
        if scene is not None:
            scenes[path.stem] = scene
    if not paths:
        problems.append(Problem("crews", None, "", "the town has no scene", "files crews/NAME.yaml"))
    return scenes


def _dialogues(root: Path, problems: list[Problem]) -> tuple[Dialogue, ...]:
    dialogues: list[Dialogue] = []
    for path in sorted((root / DIALOGUES_FOLDER).glob("*.json")):
        try:
            source = read_json(root, path)
        except SourceError as error:
            problems.append(error.problem)
            continue
        dialogues.extend(validate(list[Dialogue], source, problems) or [])
    return tuple(dialogues)
