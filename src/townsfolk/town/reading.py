"""Reading the files of a town one after the other, with all that is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from townsfolk.town.errors import Problem
from townsfolk.town.json_source import read_json
from townsfolk.town.names import Named, Names
from townsfolk.town.persona import Persona
from townsfolk.town.schema import validate
from townsfolk.town.source import Source, SourceError
from townsfolk.town.yaml_source import read_yaml

T = TypeVar("T")


@dataclass(slots=True)
class Reading:
    """What has been read of a town so far, and what is wrong with it."""

    root: Path
    names: Names = field(default_factory=Names)
    problems: list[Problem] = field(default_factory=list)
    sources: dict[str, Source] = field(default_factory=dict)

    def source(self, name: str) -> Source | None:
        """A file with something in it; None, with a problem, if it is not one."""
        try:
            source = read_yaml(self.root, self.root / name)
        except SourceError as error:
            self.problems.append(error.problem)
            return None
        self.sources[name] = source
        self.problems.extend(source.duplicates)
        if source.data is None:
            remedy = "see the sample town's file"
            self.problems.append(Problem(name, 1, "", "is empty", remedy=remedy))
            return None
        return source

    def entry(self, name: str, shape: type[T]) -> T | None:
        """A file that is one entry."""
        source = self.source(name)
        entry: T | None = validate(shape, source, self.problems) if source else None
        return entry

    def entries(self, name: str, shape: type[T], named: Named) -> dict[str, T]:
        """A file of entries by name: those that are right. The names of all are noted."""
        source = self.source(name)
        data = validate(dict[str, Any], source, self.problems) if source else None
        if source is None or data is None:
            named.complete = False
            return {}
        named.ids.update(data)
        entries = {key: validate(shape, source, self.problems, (key,)) for key in data}
        return {key: entry for key, entry in entries.items() if entry is not None}

    def profile(self, path: Path) -> Persona | None:
        """A JSON file of a profile. Raises SourceError."""
        source = read_json(self.root, path)
        self.sources[source.file] = source
        self.problems.extend(source.duplicates)
        persona: Persona | None = validate(Persona, source, self.problems)
        return persona
