"""Reading `knowledge/`: Markdown, profiles, quests, items and other lists of entries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from townsfolk.town.audience import Audiences
from townsfolk.town.catalogue import Item, LoreFields, Note, Quest
from townsfolk.town.config import TownConfig
from townsfolk.town.errors import Problem
from townsfolk.town.lore import EVERYONE, LoreEntry
from townsfolk.town.markdown import Document, Section, parse_markdown
from townsfolk.town.persona import Persona
from townsfolk.town.schema import validate
from townsfolk.town.source import Location, Source, SourceError, read_json, read_text, relative
from townsfolk.town.templates import Templates
from townsfolk.town.texts import LANGUAGES, Text

FOLDER = "knowledge"
NOT_LORE = ("vectors", "eval")
"""Folders of `knowledge/` that hold something else than lore."""


@dataclass(slots=True)
class Knowledge:
    """The lore of a town and the things in it that actions look up."""

    lore: dict[str, LoreEntry] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    quests: dict[str, Quest] = field(default_factory=dict)

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


@dataclass(slots=True)
class KnowledgeReader:
    """Reads a town's knowledge; what is wrong is added to the problems, all in one go."""

    root: Path
    config: TownConfig
    names: dict[str, Text]
    """Agent id → name, for passages that name people."""
    audiences: Audiences
    templates: Templates
    problems: list[Problem]
    knowledge: Knowledge = field(default_factory=Knowledge)

    def read(self) -> Knowledge:
        """Everything below `knowledge/` but the profiles, which belong to the agents."""
        for path in knowledge_files(self.root, ".json"):
            if path.parent.name != "npcs":
                self._read_json(path)
        self._read_markdown(list(knowledge_files(self.root, ".md")))
        return self.knowledge

    @property
    def languages(self) -> Sequence[str]:
        """The languages of the town."""
        return self.config.languages

    def _read_json(self, path: Path) -> None:
        try:
            source = read_json(self.root, path)
        except SourceError as error:
            self.problems.append(error.problem)
            return
        self.problems.extend(source.duplicates)
        shape = {"quests": Quest, "items": Item}.get(path.parent.name, Note)
        many = isinstance(source.data, list)
        locations: list[Location] = [(index,) for index in range(len(source.data))] if many else [()]
        for location in locations:
            entry = validate(shape, source, self.problems, location)
            if entry is not None:
                self._add(entry, source, source.line(location) or 1)

    def _add(self, entry: Item | Quest | Note, source: Source, line: int) -> None:
        audience = self.audiences.resolve(entry.audience, source.file, line, f"{entry.id}.audience")
        match entry:
            case Item():
                self.knowledge.items.setdefault(entry.id, entry)
                category, body = "item", self._item_text
                facts = {lang: self._facts(entry, entry.price, lang) for lang in self.languages}
            case Quest():
                self.knowledge.quests.setdefault(entry.id, entry)
                category, body = "quest", self._quest_text
                facts = {
                    lang: self._facts(entry, entry.reward.silver, lang) for lang in self.languages
                }
                self._add_quest_parts(entry, source, line)
            case Note():
                category, body = "note", lambda note, language: note.text.get(language)
                facts = {}
        self._put(
            LoreEntry(
                id=entry.id,
                category=entry.category or category,
                title=entry.name,
                body={lang: body(entry, lang) for lang in self._languages_of(entry)},
                audience=audience,
                confidential=audience != EVERYONE,
                importance=entry.importance,
                aliases=entry.aliases,
                key_facts=facts,
                sources=dict.fromkeys(self.languages, f"{source.file}:{line}"),
                **_validity(entry),
            )
        )

    def _put(self, entry: LoreEntry) -> None:
        self.knowledge.add(entry, self.problems)

    def _languages_of(self, fields: LoreFields) -> Sequence[str]:
        return [fields.lang] if fields.lang else self.languages

    def _facts(self, entry: Item | Quest, amount: int | None, language: str) -> tuple[str, ...]:
        facts = [entry.name.get(language)]
        if amount:
            facts.append(self.config.money(amount, language))
        return tuple(facts)

    def _item_text(self, item: Item, language: str) -> str:
        sellers = [self.names[s].get(language) for s in item.sold_by if s in self.names]
        price = self.config.money(item.price, language) if item.price else ""
        return self.templates.render(
            "passage_item", language, name=item.name.get(language),
            description=item.description.get(language), price=price, sellers=sellers,
        )  # fmt: skip

    def _quest_text(self, quest: Quest, language: str) -> str:
        giver = self.names.get(quest.giver)
        items = [self.knowledge.items[i] for i in quest.reward.items if i in self.knowledge.items]
        silver = quest.reward.silver
        return self.templates.render(
            "passage_quest", language, name=quest.name.get(language),
            giver=giver.get(language) if giver else quest.giver,
            summary=quest.summary.get(language),
            silver=self.config.money(silver, language) if silver else "",
            items=[item.name.get(language) for item in items],
        )  # fmt: skip

    def _add_quest_parts(self, quest: Quest, source: Source, line: int) -> None:
        parts: list[tuple[str, Text, list[str]]] = [
            (f"{quest.id}.steps.{number}", step, [quest.giver])
            for number, step in enumerate(quest.steps, start=1)
        ]
        told = len(parts)
        parts += [(f"{quest.id}.secrets.{s.id}", s.text, s.audience) for s in quest.secrets]
        for position, (identifier, text, audience) in enumerate(parts):
            self._put(
                LoreEntry(
                    id=identifier,
                    category="quest_part",
                    title=quest.name,
                    body={language: text.get(language) for language in self.languages},
                    audience=self.audiences.resolve(audience, source.file, line, identifier),
                    confidential=position >= told,
                    importance=quest.importance,
                    sources=dict.fromkeys(self.languages, f"{source.file}:{line}"),
                )
            )

    def _read_markdown(self, paths: list[Path]) -> None:
        sections: dict[str, dict[str, tuple[Document, Section]]] = {}
        for path in paths:
            try:
                text = read_text(self.root, path)
            except SourceError as error:
                self.problems.append(error.problem)
                continue
            document = parse_markdown(relative(self.root, path), text, self.problems)
            language = _language_of(path) or document.front.lang or self.languages[0]
            for section in document.sections:
                variants = sections.setdefault(section.id, {})
                if language in variants:
                    first, other = variants[language]
                    self.problems.append(
                        Problem(document.file, section.line, f"#{section.id}",
                                f"the id {section.id!r} stands twice",
                                remedy=f"first in {first.file}:{other.line}; give one another id")
                    )  # fmt: skip
                    continue
                variants[language] = (document, section)
        for identifier, variants in sections.items():
            self._put(self._entry(identifier, variants))

    def _entry(self, identifier: str, variants: dict[str, tuple[Document, Section]]) -> LoreEntry:
        """One entry from its sections in each language."""
        # What a heading states of itself counts, in whichever file it stands; else the base file's.
        base_document, base = next(iter(variants.values()))
        audience = self._audience(identifier, variants)
        return LoreEntry(
            id=identifier,
            category=base.fields.category or Path(base_document.file).stem,
            title=Text(root={lang: section.title for lang, (_, section) in variants.items()}),
            body={lang: section.body for lang, (_, section) in variants.items()},
            audience=audience,
            confidential=audience != EVERYONE,
            importance=base.fields.importance,
            key_facts={lang: tuple(s.key_facts) for lang, (_, s) in variants.items()},
            sources={lang: f"{doc.file}:{s.line}" for lang, (doc, s) in variants.items()},
            **_validity(base.fields),
        )

    def _audience(
        self, identifier: str, variants: dict[str, tuple[Document, Section]]
    ) -> frozenset[str]:
        """The audience that an entry's files state; the narrowest where they differ."""
        stated: list[frozenset[str]] = []
        for document, section in variants.values():
            says = "audience" in section.given or "audience" in document.front.model_fields_set
            if says or len(variants) == 1:
                stated.append(
                    self.audiences.resolve(section.fields.audience, document.file, section.line,
                                           f"#{identifier} audience")
                )  # fmt: skip
        if not stated:
            return EVERYONE
        narrow = [audience for audience in stated if audience != EVERYONE]
        return frozenset.intersection(*narrow) if narrow else stated[0]


def knowledge_files(root: Path, suffix: str) -> Iterator[Path]:
    """The lore files with a suffix; `NAME.md` before `NAME.ko.md`."""
    folder = root / FOLDER
    found = [
        path
        for path in folder.rglob(f"*{suffix}")
        if not any(part in NOT_LORE or part.startswith(".") for part in path.relative_to(folder).parts)
    ]
    yield from sorted(found, key=lambda path: (path.parent, path.name.split(".")[0], len(path.name)))


def _language_of(path: Path) -> str | None:
    inner = Path(path.stem).suffix.lstrip(".")
    return inner if inner in LANGUAGES else None


def _validity(fields: LoreFields) -> dict[str, int | None]:
    return {
        "valid_from": fields.valid_from.order if fields.valid_from else None,
        "valid_to": fields.valid_to.order if fields.valid_to else None,
    }
