"""Reading `knowledge/`: Markdown, profiles, quests, items and other lists of entries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from townsfolk.town.audience import Audiences
from townsfolk.town.catalogue import Item, Note, Quest
from townsfolk.town.config import TownConfig
from townsfolk.town.errors import Problem, listing
from townsfolk.town.lore import EVERYONE, LoreEntry
from townsfolk.town.markdown import Document, Section, family, parse_markdown
from townsfolk.town.names import Names
from townsfolk.town.schema import validate
from townsfolk.town.source import Location, Source, SourceError, read_json, read_text, relative
from townsfolk.town.story_time import order
from townsfolk.town.templates import Templates
from townsfolk.town.texts import LANGUAGES, Text, meant_language
from townsfolk.town.translations import untranslated_sections

FOLDER = "knowledge"
NOT_LORE = ("vectors", "eval")
"""Folders of `knowledge/` that hold something else than lore."""

Place = tuple[Item | Quest | Note, Source, Location]
"""An entry of a JSON file, and where it stands."""

_SHAPES: dict[str, type[Item | Quest | Note]] = {"quests": Quest, "items": Item}


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


@dataclass(slots=True)
class KnowledgeReader:
    """Reads a town's knowledge; what is wrong is added to the problems, all in one go."""

    root: Path
    config: TownConfig
    people: dict[str, Text]
    """Agent id → name, for passages that name people."""
    names: Names
    """What is read here adds the names of lore, items and quests."""
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
            for named in (self.names.lore, self.names.items, self.names.quests):
                named.complete = False
            return
        self.problems.extend(source.duplicates)
        shape = _SHAPES.get(path.parent.name, Note)
        many = isinstance(source.data, list)
        locations: list[Location] = (
            [(index,) for index in range(len(source.data))] if many else [()]
        )
        for location in locations:
            entry = validate(shape, source, self.problems, location)
            value = source.data[location[0]] if location else source.data
            self._note_name(shape, value.get("id") if isinstance(value, dict) else None)
            if entry is not None:
                self._add(entry, source, location)

    def _note_name(self, shape: type[Item | Quest | Note], identifier: object) -> None:
        """Note the id of an entry, readable or not."""
        kinds = {Item: [self.names.items], Quest: [self.names.quests]}.get(shape, [])
        for named in [self.names.lore, *kinds]:
            if isinstance(identifier, str):
                named.ids.add(identifier)
            else:
                named.complete = False

    def _add(self, entry: Item | Quest | Note, source: Source, at: Location) -> None:
        line = source.line(at) or 1
        self.knowledge.places.append((entry, source, at))
        audience = self.audiences.resolve(entry.audience, source, (*at, "audience"))
        languages = [entry.lang] if entry.lang else self.languages
        amount: int | None = None
        match entry:
            case Item():
                self.knowledge.items.setdefault(entry.id, entry)
                category, amount = "item", entry.price
                body = {language: self._item_text(entry, language) for language in languages}
            case Quest():
                self.knowledge.quests.setdefault(entry.id, entry)
                category, amount = "quest", entry.reward.silver
                body = {language: self._quest_text(entry, language) for language in languages}
                self._add_quest_parts(entry, source, at)
            case Note():
                category = "note"
                body = {language: entry.text.get(language) for language in languages}
        self._put(
            LoreEntry(
                id=entry.id,
                category=entry.category or category,
                title=entry.name,
                body=body,
                audience=audience,
                confidential=audience != EVERYONE,
                importance=entry.importance,
                aliases=entry.aliases,
                key_facts={
                    language: self._facts(entry, amount, language) for language in languages
                },
                sources=dict.fromkeys(self.languages, f"{source.file}:{line}"),
                valid_from=order(entry.valid_from),
                valid_to=order(entry.valid_to),
            )
        )

    def _put(self, entry: LoreEntry) -> None:
        self.knowledge.add(entry, self.problems)

    def _facts(
        self, entry: Item | Quest | Note, amount: int | None, language: str
    ) -> tuple[str, ...]:
        facts = [entry.name.get(language)]
        if amount:
            facts.append(self.config.money(amount, language))
        return tuple(facts)

    def _item_text(self, item: Item, language: str) -> str:
        sellers = [self.people[s].get(language) for s in item.sold_by if s in self.people]
        price = self.config.money(item.price, language) if item.price else ""
        return self.templates.render(
            "passage_item", language, name=item.name.get(language),
            description=item.description.get(language), price=price, sellers=sellers,
        )  # fmt: skip

    def _quest_text(self, quest: Quest, language: str) -> str:
        giver = self.people.get(quest.giver)
        items = [self.knowledge.items[i] for i in quest.reward.items if i in self.knowledge.items]
        silver = quest.reward.silver
        return self.templates.render(
            "passage_quest", language, name=quest.name.get(language),
            giver=giver.get(language) if giver else quest.giver,
            summary=quest.summary.get(language),
            silver=self.config.money(silver, language) if silver else "",
            items=[item.name.get(language) for item in items],
        )  # fmt: skip

    def _add_quest_parts(self, quest: Quest, source: Source, at: Location) -> None:
        for number, step in enumerate(quest.steps, start=1):
            place = (*at, "steps", number - 1)
            giver = frozenset({quest.giver})
            self._add_quest_part(quest, f"steps.{number}", step, giver, source, place)
        for index, secret in enumerate(quest.secrets):
            place = (*at, "secrets", index)
            audience = self.audiences.resolve(secret.audience, source, (*place, "audience"))
            self._add_quest_part(
                quest, f"secrets.{secret.id}", secret.text, audience, source, place, secret=True
            )

    def _add_quest_part(
        self,
        quest: Quest,
        part: str,
        text: Text,
        audience: frozenset[str],
        source: Source,
        at: Location,
        secret: bool = False,
    ) -> None:
        self._put(
            LoreEntry(
                id=f"{quest.id}.{part}",
                category="quest_part",
                title=quest.name,
                body={language: text.get(language) for language in self.languages},
                audience=audience,
                confidential=secret,
                importance=quest.importance,
                sources=dict.fromkeys(self.languages, f"{source.file}:{source.line(at)}"),
            )
        )

    def _read_markdown(self, paths: list[Path]) -> None:
        sections: dict[str, dict[str, tuple[Document, Section]]] = {}
        broken: set[str] = set()
        for path in paths:
            try:
                text = read_text(self.root, path)
            except SourceError as error:
                self.problems.append(error.problem)
                broken.add(family(relative(self.root, path)))
                continue
            document = parse_markdown(relative(self.root, path), text, self.problems)
            if not document.complete:
                broken.add(document.family)
            stated = _language_of(self.root, path, self.problems)
            language = stated or document.front.lang or self.languages[0]
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
        if broken:
            self.names.lore.complete = False
        languages = self.names.languages
        self.problems.extend(untranslated_sections(sections, languages, broken))

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
            valid_from=order(base.fields.valid_from),
            valid_to=order(base.fields.valid_to),
        )

    def _audience(
        self, identifier: str, variants: dict[str, tuple[Document, Section]]
    ) -> frozenset[str]:
        """The audience that an entry's files state; the narrowest where they differ."""
        stated: list[frozenset[str]] = []
        for document, section in variants.values():
            if "audience" in section.given:
                heading = Source(document.file, None, {(): section.line})
                at: Location = (f"#{identifier} audience",)
                stated.append(self.audiences.resolve(section.fields.audience, heading, at))
            elif "audience" in document.front.model_fields_set and document.source is not None:
                front = document.front.audience
                stated.append(self.audiences.resolve(front, document.source, ("audience",)))
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
        if not any(
            part in NOT_LORE or part.startswith(".") for part in path.relative_to(folder).parts
        )
    ]
    yield from sorted(
        found, key=lambda path: (path.parent, path.name.split(".")[0], len(path.name))
    )


def _language_of(root: Path, path: Path, problems: list[Problem]) -> str | None:
    """The language that a file's name states, as in `NAME.ko.md`."""
    inner = Path(path.stem).suffix.lstrip(".")
    if inner in LANGUAGES:
        return inner
    meant = meant_language(inner) if len(inner) > 1 else None
    if meant is None:
        return None
    problems.append(
        Problem(relative(root, path), None, "", f"its name has the unknown language {inner!r}",
                listing(LANGUAGES), f"did you mean {path.stem.removesuffix(inner)}{meant}.md?")
    )  # fmt: skip
    return meant
