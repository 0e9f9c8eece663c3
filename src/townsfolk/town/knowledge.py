"""What `knowledge/` holds, and which of its files are lore."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from townsfolk.town.catalogue import Item, Note, Quest
from townsfolk.town.errors import Problem
from townsfolk.town.lore import EVERYONE, LoreEntry
from townsfolk.town.source import Location, Source
from townsfolk.town.texts import Text, Texts

FOLDER = "knowledge"
MARKDOWN = (".md", ".markdown")
JSON = (".json",)
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
    unnamed: list[LoreEntry] = field(default_factory=list)
    """Entries whose ids nobody wrote, until `name_unnamed` makes them unlike all others."""

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

    def add_variant(self, entry: LoreEntry, problems: list[Problem]) -> None:
        """Keep an entry, or add it to one of the same id that other languages are written in."""
        first = self.lore.get(entry.id)
        if first is None or not first.body.keys().isdisjoint(entry.body):
            self.add(entry, problems)
            return
        self.lore[entry.id] = replace(
            first,
            title=Text(root=_titles(first) | _titles(entry)),
            body=first.body | entry.body,
            audience=narrowest([first.audience, entry.audience]),
            confidential=first.confidential or entry.confidential,
            aliases=Texts(root=_aliases(first) | _aliases(entry)),
            key_facts=first.key_facts | entry.key_facts,
            sources=first.sources | entry.sources,
            path=first.path | entry.path,
        )

    def name_unnamed(self) -> None:
        """Keep the entries whose ids nobody wrote; one that is taken gets a number."""
        numbers: dict[str, int] = {}
        for entry in self.unnamed:
            identifier, number = entry.id, numbers.get(entry.id, 1)
            while identifier in self.lore:
                number += 1
                identifier = f"{entry.id}_{number}"
            numbers[entry.id] = number
            self.lore[identifier] = replace(entry, id=identifier)
        self.unnamed.clear()


def narrowest(audiences: Sequence[frozenset[str]]) -> frozenset[str]:
    """The ids that every audience lets in."""
    narrow = [audience for audience in audiences if audience != EVERYONE]
    return frozenset.intersection(*narrow) if narrow else EVERYONE


def _titles(entry: LoreEntry) -> dict[str, str]:
    return {language: entry.title.get(language) for language in entry.body}


def _aliases(entry: LoreEntry) -> dict[str, list[str]]:
    found = entry.aliases
    return {language: found.get(language) for language in entry.body} if found else {}


def knowledge_files(folder: Path, suffixes: Collection[str]) -> Iterator[Path]:
    """The lore files below a folder with certain suffixes; `NAME.md` before `NAME.ko.md`."""
    found = [
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in suffixes
        and not any(
            part in NOT_LORE or part.startswith(".") for part in path.relative_to(folder).parts
        )
    ]
    yield from sorted(
        found, key=lambda path: (path.parent, path.name.split(".")[0], len(path.name), path.name)
    )
