"""Reading a folder of lore that has no town around it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from townsfolk.town.audience import Audiences
from townsfolk.town.config import TownConfig
from townsfolk.town.errors import Problem, TownError
from townsfolk.town.json_lore import JsonLoreReader
from townsfolk.town.json_source import read_json
from townsfolk.town.knowledge import FOLDER, JSON, Knowledge, knowledge_files
from townsfolk.town.load import load_town
from townsfolk.town.markdown_lore import MarkdownLoreReader
from townsfolk.town.names import Names
from townsfolk.town.people import person_lore
from townsfolk.town.persona import Persona
from townsfolk.town.reading import Reading
from townsfolk.town.records import languages_of
from townsfolk.town.schema import validate
from townsfolk.town.source import Source, SourceError
from townsfolk.town.templates import Templates
from townsfolk.town.texts import ANY_LANGUAGE, LANGUAGES, Language, Text
from townsfolk.town.town import Town


def load_lore(root: Path) -> Town:
    """The town in a folder; or, where it is none, its lore as a town without people and scenes.

    The lore is what lies in its `knowledge/`, else in the folder itself. Its languages are those
    that it is written in, the commonest first. Names in an audience stand for themselves. A
    `town.yaml` without agents beside it says what holds for the lore: story time, how to search.

    Raises:
        TownError: with every problem of every file, or that there is no lore.
    """
    root = root.absolute()
    if (root / "agents.yaml").exists():
        return load_town(root)
    folder = root / FOLDER if (root / FOLDER).is_dir() else root
    problems: list[Problem] = []
    stated = _stated_config(root, problems)
    knowledge = _read(root, folder, problems)
    if not problems and not knowledge.lore:
        problems.append(
            Problem(root.as_posix(), None, "", "has no lore",
                    "files NAME.md or NAME.json with text, in the folder or in its knowledge/")
        )  # fmt: skip
    if problems:
        raise TownError(problems)
    found = Counter(language for entry in knowledge.lore.values() for language in entry.body)
    languages: list[Language] = [language for language in LANGUAGES if found[language]]
    languages.sort(key=lambda language: -found[language])
    config = _config(root, languages)
    if stated is not None:
        config = stated.model_copy(update={"languages": languages})
    return Town(root, config, {}, {}, {}, {}, knowledge.items, knowledge.quests, knowledge.lore, ())


def _config(root: Path, languages: list[Language]) -> TownConfig:
    return TownConfig(name=Text(root={ANY_LANGUAGE: root.name or "lore"}), languages=languages)


def _stated_config(root: Path, problems: list[Problem]) -> TownConfig | None:
    """What a `town.yaml` says; None where there is none."""
    if not (root / "town.yaml").exists():
        return None
    return Reading(root, problems=problems).entry("town.yaml", TownConfig)


def _read(root: Path, folder: Path, problems: list[Problem]) -> Knowledge:
    profiles: set[Path] = set()
    people = _people(root, folder, problems, profiles)
    knowledge, names, templates = Knowledge(), Names(), Templates()
    audiences = Audiences.of({name: persona for name, (persona, _) in people.items()}, names)
    audiences.any_name = True
    JsonLoreReader(
        root=root,
        folder=folder,
        profiles=profiles,
        config=_config(root, ["en"]),
        people={name: persona.name for name, (persona, _) in people.items()},
        names=names,
        audiences=audiences,
        templates=templates,
        problems=problems,
        knowledge=knowledge,
        any_shape=True,
    ).read()
    MarkdownLoreReader(root, folder, "en", names, audiences, problems, knowledge).read()
    for name, (persona, source) in people.items():
        languages = languages_of(source.data) or ["en"]
        for entry in person_lore(name, persona, source, (), languages, audiences, templates):
            knowledge.add(entry, problems)
    knowledge.name_unnamed()
    problems.extend(audiences.problems)
    return knowledge


def _people(
    root: Path, folder: Path, problems: list[Problem], profiles: set[Path]
) -> dict[str, tuple[Persona, Source]]:
    """The profiles of `npcs/`, whose files are noted; what has not their keys is any object.

    What has secrets is meant to be a profile: as any other object it would tell them.
    """
    required = {name for name, info in Persona.model_fields.items() if info.is_required()}
    people: dict[str, tuple[Persona, Source]] = {}
    for path in knowledge_files(folder, JSON):
        if path.parent.name != "npcs":
            continue
        try:
            source = read_json(root, path)
        except SourceError:
            continue  # Told by the reader of all other objects.
        if not isinstance(source.data, dict):
            continue
        if not required <= set(source.data) and "secrets" not in source.data:
            continue
        profiles.add(path)
        persona = validate(Persona, source, problems)
        if persona is not None:
            people.setdefault(path.stem, (persona, source))
    return people
