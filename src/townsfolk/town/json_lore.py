"""Lore in JSON: quests, items and other lists of entries, told in readable passages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from townsfolk.town.audience import Audiences
from townsfolk.town.catalogue import ALL, Item, Note, Quest
from townsfolk.town.config import TownConfig
from townsfolk.town.errors import Problem
from townsfolk.town.json_source import read_json
from townsfolk.town.knowledge import Knowledge, knowledge_files
from townsfolk.town.lore import EVERYONE, LoreEntry
from townsfolk.town.names import Names
from townsfolk.town.schema import validate
from townsfolk.town.source import Location, Source, SourceError
from townsfolk.town.story_time import order
from townsfolk.town.templates import Templates
from townsfolk.town.texts import Text

_SHAPES: dict[str, type[Item | Quest | Note]] = {"quests": Quest, "items": Item}


@dataclass(slots=True)
class JsonLoreReader:
    """Reads the JSON files of a town's knowledge; what is wrong is added to the problems."""

    root: Path
    config: TownConfig
    people: dict[str, Text]
    """Agent id → name, for passages that name people."""
    names: Names
    """What is read here adds the names of lore, items and quests."""
    audiences: Audiences
    templates: Templates
    problems: list[Problem]
    knowledge: Knowledge

    def read(self) -> None:
        """Every JSON file but the profiles, which belong to the agents."""
        for path in knowledge_files(self.root, ".json"):
            if path.parent.name != "npcs":
                self._read_file(path)

    @property
    def _languages(self) -> Sequence[str]:
        """The languages of the town."""
        return self.config.languages

    def _read_file(self, path: Path) -> None:
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
        languages = [entry.lang] if entry.lang else self._languages
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
                sources=dict.fromkeys(self._languages, f"{source.file}:{line}"),
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
            self._add_quest_part(
                quest, f"steps.{number}", step, giver, source, place, secret=quest.audience != ALL
            )
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
                body={language: text.get(language) for language in self._languages},
                audience=audience,
                confidential=secret,
                importance=quest.importance,
                sources=dict.fromkeys(self._languages, f"{source.file}:{source.line(at)}"),
                valid_from=order(quest.valid_from),
                valid_to=order(quest.valid_to),
            )
        )
