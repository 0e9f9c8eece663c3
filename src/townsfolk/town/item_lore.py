"""Items and quests as lore: what is public of them, and what few know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from townsfolk.town.audience import Audiences
from townsfolk.town.catalogue import ALL, Item, Quest
from townsfolk.town.config import TownConfig
from townsfolk.town.knowledge import Knowledge
from townsfolk.town.lore import EVERYONE, LoreEntry
from townsfolk.town.source import Location, Source
from townsfolk.town.story_time import order
from townsfolk.town.templates import Templates
from townsfolk.town.texts import Text


@dataclass(slots=True)
class ItemTelling:
    """Tells items and quests in the languages of a town."""

    config: TownConfig
    people: Mapping[str, Text]
    """Agent id → name."""
    languages: Sequence[str]
    audiences: Audiences
    templates: Templates
    knowledge: Knowledge
    """Gets the items and quests that game actions look up."""

    def entries(self, entry: Item | Quest, source: Source, at: Location) -> Iterator[LoreEntry]:
        """The parts of a quest, then what is public of the item or quest."""
        line = source.line(at) or 1
        audience = self.audiences.resolve(entry.audience, source, (*at, "audience"))
        languages: Sequence[str] = [entry.lang] if entry.lang else self.languages
        amount: int | None
        if isinstance(entry, Item):
            self.knowledge.items.setdefault(entry.id, entry)
            category, amount = "item", entry.price
            body = {language: self._item_text(entry, language) for language in languages}
        else:
            self.knowledge.quests.setdefault(entry.id, entry)
            category, amount = "quest", entry.reward.silver
            body = {language: self._quest_text(entry, language) for language in languages}
            yield from self._quest_parts(entry, source, at)
        yield LoreEntry(
            id=entry.id,
            category=entry.category or category,
            title=entry.name,
            body=body,
            audience=audience,
            confidential=audience != EVERYONE,
            importance=entry.importance,
            aliases=entry.aliases,
            key_facts={language: self._facts(entry, amount, language) for language in languages},
            sources=dict.fromkeys(self.languages, f"{source.file}:{line}"),
            valid_from=order(entry.valid_from),
            valid_to=order(entry.valid_to),
        )

    def _facts(self, entry: Item | Quest, amount: int | None, language: str) -> tuple[str, ...]:
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

    def _quest_parts(self, quest: Quest, source: Source, at: Location) -> Iterator[LoreEntry]:
        for number, step in enumerate(quest.steps, start=1):
            place = (*at, "steps", number - 1)
            giver = frozenset({quest.giver})
            secret = quest.audience != ALL
            yield self._quest_part(quest, f"steps.{number}", step, giver, source, place, secret)
        for index, found in enumerate(quest.secrets):
            place = (*at, "secrets", index)
            audience = self.audiences.resolve(found.audience, source, (*place, "audience"))
            part = f"secrets.{found.id}"
            yield self._quest_part(quest, part, found.text, audience, source, place, True)

    def _quest_part(
        self,
        quest: Quest,
        part: str,
        text: Text,
        audience: frozenset[str],
        source: Source,
        at: Location,
        secret: bool,
    ) -> LoreEntry:
        return LoreEntry(
            id=f"{quest.id}.{part}",
            category="quest_part",
            title=quest.name,
            body={language: text.get(language) for language in self.languages},
            audience=audience,
            confidential=secret,
            importance=quest.importance,
            sources=dict.fromkeys(self.languages, f"{source.file}:{source.line(at)}"),
            valid_from=order(quest.valid_from),
            valid_to=order(quest.valid_to),
        )
