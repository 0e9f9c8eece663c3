"""Lore in JSON: quests, items and other objects, told in readable passages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from townsfolk.town.audience import Audiences
from townsfolk.town.catalogue import Item, LoreFields, Note, Quest, Record
from townsfolk.town.config import TownConfig
from townsfolk.town.errors import Problem
from townsfolk.town.item_lore import ItemTelling
from townsfolk.town.json_shapes import Place, ReadObject, places, read_object
from townsfolk.town.json_source import read_json
from townsfolk.town.knowledge import JSON, Knowledge, knowledge_files
from townsfolk.town.lore import EVERYONE, LoreEntry
from townsfolk.town.markdown_lore import language_of_name
from townsfolk.town.names import Names
from townsfolk.town.records import languages_of, texts_and_facts
from townsfolk.town.schema import validate
from townsfolk.town.slugs import family, file_title, id_prefix, readable, slug
from townsfolk.town.source import Location, Source, SourceError, relative
from townsfolk.town.story_time import order
from townsfolk.town.templates import Templates
from townsfolk.town.texts import ANY_LANGUAGE, Text

_SHAPES: dict[str, type[Item | Quest]] = {"quests": Quest, "items": Item}
_CATEGORIES = {"quests": "quest", "items": "item", "npcs": "npc"}


@dataclass(slots=True)
class JsonLoreReader:
    """Reads the JSON files of a town's knowledge; what is wrong is added to the problems."""

    root: Path
    folder: Path
    """The folder of lore, inside the root or the root itself."""
    profiles: Collection[Path]
    """Files of people, which are read elsewhere."""
    config: TownConfig
    people: dict[str, Text]
    """Agent id → name, for passages that name people."""
    names: Names
    """What is read here adds the names of lore, items and quests."""
    audiences: Audiences
    templates: Templates
    problems: list[Problem]
    knowledge: Knowledge
    any_shape: bool = False
    """Whether items and quests need not have our keys: where lore has no town around it."""

    def read(self) -> None:
        """Every JSON file but the profiles."""
        for path in knowledge_files(self.folder, JSON):
            if path not in self.profiles:
                self._read_file(path)

    def _read_file(self, path: Path) -> None:
        try:
            source = read_json(self.root, path)
        except SourceError as error:
            self.problems.append(error.problem)
            for named in (self.names.lore, self.names.items, self.names.quests):
                named.complete = False
            return
        self.problems.extend(source.duplicates)
        stated = language_of_name(relative(self.root, path), self.problems)
        for place in places(source.data):
            value = _value(source, place)
            shape = _SHAPES.get(path.parent.name)
            if shape is not None and (not self.any_shape or _is_ours(shape, value)):
                # Only a bare list, or one around which nothing is said, is a list of ours.
                at = () if place.defaults or place.path or place.key else place.at
                self._read_ours(shape, source, at, value)
            elif isinstance(value, dict):
                self._read_other(path, source, place, stated)
            else:
                validate(Note, source, self.problems, place.at)
                self.names.lore.complete = False

    def _read_ours(
        self, shape: type[Item | Quest], source: Source, at: Location, value: Any
    ) -> None:
        entry = validate(shape, source, self.problems, at)
        kind = self.names.items if shape is Item else self.names.quests
        identifier = value.get("id") if isinstance(value, dict) else None
        for named in (self.names.lore, kind):
            if isinstance(identifier, str):
                named.ids.add(identifier)
            else:
                named.complete = False
        if entry is None:
            return
        self.knowledge.places.append((entry, source, at))
        languages: Sequence[str] = self.config.languages
        if self.any_shape:
            languages = languages_of(value) or languages
        telling = ItemTelling(
            self.config, self.people, languages, self.audiences, self.templates, self.knowledge
        )
        for told in telling.entries(entry, source, at):
            self.knowledge.add(told, self.problems)

    def _read_other(self, path: Path, source: Source, place: Place, stated: str | None) -> None:
        read = read_object(source, place, self.problems)
        if read is None:
            self.names.lore.complete = False
            return
        if read.known.name is None and not any(texts_and_facts(read.told, "en", {})):
            return  # It says nothing.
        file = path.relative_to(self.folder).as_posix()
        identifier, generated = _identifier(file, place, read.known)
        entry = self._entry(identifier, file, read, source, place, stated)
        if isinstance(read.known, Note):
            self.knowledge.places.append((read.known, source, place.at))
        if generated:
            self.knowledge.unnamed.append(entry)
        else:
            self.names.lore.ids.add(identifier)
            self.knowledge.add_variant(entry, self.problems)

    def _entry(
        self,
        identifier: str,
        file: str,
        read: ReadObject,
        source: Source,
        place: Place,
        stated: str | None,
    ) -> LoreEntry:
        known = read.known
        languages = self._languages(read, stated)
        number = place.at[-1] if place.at else None
        title = known.name or Text(root={ANY_LANGUAGE: _unnamed_title(file, place, number)})
        bodies = {language: self._body(read, language) for language in languages}
        audience = self.audiences.resolve(known.audience, source, (*place.at, "audience"))
        line = source.line(place.at) or 1
        return LoreEntry(
            id=identifier,
            category=known.category or _category(file, known),
            title=title,
            body={lang: body or title.get(lang) for lang, body in bodies.items()},
            audience=audience,
            confidential=audience != EVERYONE,
            importance=known.importance,
            aliases=known.aliases,
            key_facts={lang: (known.name.get(lang),) for lang in languages} if known.name else {},
            sources=dict.fromkeys(languages, f"{source.file}:{line}"),
            path=dict.fromkeys(languages, place.path) if place.path else {},
            valid_from=order(known.valid_from),
            valid_to=order(known.valid_to),
        )

    def _languages(self, read: ReadObject, stated: str | None) -> Sequence[str]:
        """The languages of a note or record: stated, else those that it is written in."""
        known = read.known
        if known.lang:
            return [known.lang]
        if stated:
            return [stated]
        written = [known.name.root] if known.name else []
        text = [known.text.root] if isinstance(known, Note) else []
        texts = [_without_any(value) for value in [*written, *text]]
        found = languages_of([*texts, read.told])
        if isinstance(known, Note) and known.name.root.keys() != known.text.root.keys():
            return self.config.languages  # One of the two is the same in every language.
        return found or [self.config.languages[0]]

    def _body(self, read: ReadObject, language: str) -> str:
        known = read.known
        if isinstance(known, Note):
            return known.text.get(language)
        texts, facts = texts_and_facts(read.told, language, self.people)
        if not texts and not facts:
            return ""
        name = known.name.get(language) if known.name else ""
        return self.templates.render(
            "passage_record", language, name=name, texts=texts, facts=facts
        )


def _value(source: Source, place: Place) -> Any:
    value: Any = source.data
    for step in place.at:
        value = value[step]
    return value


def _is_ours(shape: type[LoreFields], value: Any) -> bool:
    """Whether an object is meant to have our keys: it has those required, or secrets to keep."""
    required = {name for name, info in shape.model_fields.items() if info.is_required()}
    return isinstance(value, dict) and (required <= set(value) or "secrets" in value)


def _identifier(file: str, place: Place, known: Note | Record) -> tuple[str, bool]:
    """The id of an object, and whether nobody wrote it. A mere number is none of its own."""
    prefix = id_prefix(file)
    if known.id and known.id.strip() and not known.id.isdecimal():
        return known.id, False
    if known.id and known.id.strip():
        return f"{prefix}.{known.id}", True
    if place.alone:
        return prefix, True
    if place.key:
        return f"{prefix}.{slug(place.key)}", True
    if known.name:
        return f"{prefix}.{slug(known.name.variants[0])}", True
    return f"{prefix}.{_number(place)}", True


def _number(place: Place) -> int:
    last = place.at[-1] if place.at else 0
    return last + 1 if isinstance(last, int) else 1


def _unnamed_title(file: str, place: Place, number: int | str | None) -> str:
    """A title for what has no name: its key, or its file's name and its number there."""
    if place.key:
        return readable(place.key)
    title = file_title(file)
    return title if place.alone or number is None else f"{title} {_number(place)}"


def _category(file: str, known: Note | Record) -> str:
    path = PurePosixPath(family(file))
    if path.parent.name in _CATEGORIES:
        return _CATEGORIES[path.parent.name]
    return "note" if isinstance(known, Note) else path.name


def _without_any(texts: dict[str, str]) -> Any:
    return texts.get(ANY_LANGUAGE, texts)
