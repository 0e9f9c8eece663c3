"""Authored dialogues: files with NPC_Name, City, instruction, input, output."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from townsfolk.language.detect import detect_language
from townsfolk.town.agents import Agent, AgentEntry
from townsfolk.town.dialogues import Dialogue
from townsfolk.town.errors import Problem
from townsfolk.town.json_source import read_json
from townsfolk.town.persona import Persona
from townsfolk.town.schema import validate
from townsfolk.town.source import SourceError, relative
from townsfolk.town.texts import ANY_LANGUAGE, Text
from townsfolk.town.town import Town

_OWN_LINES = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One authored exchange and where it stands."""

    dialogue: Dialogue
    file: str
    number: int
    """Its place in the file, from 1."""
    language: str

    @property
    def source(self) -> str:
        """`file:row`."""
        return f"{self.file}:{self.number}"


def read_rows(town: Town, places: Iterable[str], problems: list[Problem]) -> list[Row]:
    """All rows of the files and folders; what is wrong with any is added to the problems."""
    rows: list[Row] = []
    for place in places:
        path = town.root / place
        files = sorted(path.glob("*.json")) if path.is_dir() else [path]
        for file in files:
            rows.extend(_rows_of(town.root, file, problems))
    return rows


def _rows_of(root: Path, file: Path, problems: list[Problem]) -> Iterator[Row]:
    try:
        source = read_json(root, file)
    except SourceError as error:
        problems.append(error.problem)
        return
    problems.extend(source.duplicates)
    if not source.data:
        problems.append(
            Problem(relative(root, file), 1, "", "has no dialogue",
                    "a list of objects with NPC_Name, City, instruction, input, output",
                    "write some, or take the file away")
        )  # fmt: skip
        return
    rows = validate(list[object], source, problems) or []
    for index in range(len(rows)):
        dialogue: Dialogue | None = validate(Dialogue, source, problems, (index,))
        if dialogue is None:
            continue
        blank = [key for key in ("NPC_Name", "output") if not getattr(dialogue, key).strip()]
        for key in blank:
            problems.append(source.problem((index, key), "is blank", remedy="write a text"))
        if not blank:
            language = detect_language(dialogue.output) or "en"
            yield Row(dialogue, relative(root, file), index + 1, language)


def speaker_of(town: Town, row: Row, rows: Iterable[Row]) -> Agent:
    """The town's NPC of that name, or one that is made of what the rows say of it."""
    name = row.dialogue.NPC_Name
    for agent in town.agents.values():
        if name in agent.persona.name.variants:
            return agent
    lines = [
        other.dialogue.output
        for other in rows
        if other.dialogue.NPC_Name == name and other is not row and other.language == row.language
    ]
    persona = Persona.model_validate(
        {
            "name": name,
            "trade": {"en": "townsperson", "ko": "주민"}[row.language],
            "city": row.dialogue.City or town.config.name.get(row.language),
            "personality": {"en": "True to their own ways.", "ko": "자기다움을 잃지 않는다."}[
                row.language
            ],
            "background": "-",
            "speech": {
                "register": {"en": "In their own way.", "ko": "자기 말투로."}[row.language],
                "sample_lines": lines[:_OWN_LINES],
            },
            "fallback_lines": ["-"],
        }
    )
    text = Text(root={ANY_LANGUAGE: "-"})
    role = Text(root={"en": "{trade} of {city}", "ko": "{city}의 {trade}"})
    entry = AgentEntry(role=role, goal=text, backstory=text, persona=persona)
    return Agent(f"guest_{name.casefold().replace(' ', '_')}", entry, persona, row.file)
