"""What `knowledge/` holds, and which of its files are lore."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from townsfolk.town.catalogue import Item, Note, Quest
from townsfolk.town.errors import Problem
from townsfolk.town.lore import LoreEntry
from townsfolk.town.source import Location, Source

FOLDER = "knowledge"
NOT_LORE = ("vectors", "eval")
"""Folders of `knowledge/` that hold something else than lore."""

Place = tuple[Item | Quest | Note, Source, Location]
"""An entry of a JSON file, and where it stands."""


@dataclass(slots=True)
class Knowledge:
    """The lore of a town and the things in it that actions look up."""

    lore: dict[str, LoreEntry] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    quests: dict[str, Quest] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)
    """Where the entries of JSON files stand."""

    def add(self, entry: LoreEntry, problems: list[Problem]) -> None:
        """Keep an entry, or note that its id stands twice."""
        first = self.lore.setdefault(entry.id, entry)
        if first is entry:
            return
        file, _, line = next(iter(entry.sources.values())).rpartition(":")
        problems.append(
            Problem(file, int(line), entry.id, f"the id {entry.id!r} stands twice",
                    remedy=f"first in {next(iter(first.sources.values()))}; give one another id")
        )  # fmt: skip


def knowledge_files(root: Path, suffix: str) -> Iterator[Path]:
    """The lore files with a suffix; `NAME.md` before `NAME.ko.md`."""
    folder = root / FOLDER
    found = [
        path
        for path in folder.rglob(f"*{suffix}")
        if not any(
            part in NOT_LORE or part.startswith(".") for part in path.relative_to(folder).parts
        )
    ]
    yield from sorted(
        found, key=lambda path: (path.parent, path.name.split(".")[0], len(path.name))
    )
