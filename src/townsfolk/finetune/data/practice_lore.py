"""Lore that exists nowhere, of families whose names and numbers are others each time."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from townsfolk.finetune.data.asking import lure_group, lures
from townsfolk.finetune.data.families import SLOT, Aspect, Family, families, filled
from townsfolk.language.sentences import split_sentences
from townsfolk.town.lore import EVERYONE, LoreEntry
from townsfolk.town.texts import ANY_LANGUAGE, Text

_ENTRIES = {0: 0.22, 1: 0.5, 2: 0.16, 3: 0.06, 4: 0.03, 5: 0.015, 6: 0.01, 8: 0.005}
"""How many entries a prompt has, and how often; most often as many as the turn asks for. None where
the search found nothing but by chance."""
_ALIKE = 0.3
"""How often a line of the same family, about something else, stands beside the first."""
_SAME_FIELD = 0.5
"""How often a line is of the same field as the first, as hits of one search are."""
RECORDS = "families_records.yaml"
"""The file of families that are worded as a town's items, quests and people are."""
_RECORDS = 0.18
"""How often a line is one of them: most of a town's lore is."""
_JOINED = 0.25
"""How often an entry goes on with a second line, as longer lore does."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of practice lore."""

    field: str
    name: str
    family: Family
    values: dict[str, str]
    form: str
    """The line, its slots not filled."""

    @property
    def text(self) -> str:
        """The line as it stands in a prompt."""
        return filled(self.form, self.values)

    def quotable(self, aspect: Aspect) -> list[str]:
        """What of the line answers as it stands, its slots not filled, the longest first."""
        whole = [self.form] if self.family.quoted == "entry" else []
        return [*whole, *self._answering(aspect)]

    def _answering(self, aspect: Aspect) -> list[str]:
        """The sentence that has all that is asked for; the head of a record is none."""
        told = [s for s in split_sentences(self.form) if set(aspect.fact) <= set(SLOT.findall(s))]
        return [sentence for sentence in told[:1] if ":" not in sentence]


@dataclass(frozen=True, slots=True)
class Lore:
    """What stands in a prompt, best hit first."""

    hits: tuple[tuple[Line, ...], ...]
    """The lines of each entry."""

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines."""
        return tuple(line for hit in self.hits for line in hit)

    @property
    def families(self) -> frozenset[str]:
        """What the lines are about."""
        return frozenset(line.name for line in self.lines)

    @property
    def entries(self) -> tuple[LoreEntry, ...]:
        """As lore of a town."""
        title = Text(root={ANY_LANGUAGE: "-"})
        return tuple(
            LoreEntry(
                f"line_{number}",
                "practice",
                title,
                {"en": " ".join(line.text for line in hit)},
                EVERYONE,
            )
            for number, hit in enumerate(self.hits)
        )

    def conveying(self, about: Line, facts: Sequence[str]) -> tuple[tuple[LoreEntry, ...], str]:
        """The entries, that of a line with key facts, and its id."""
        place = next(number for number, hit in enumerate(self.hits) if about in hit)
        entries = [*self.entries]
        entries[place] = replace(entries[place], key_facts={"en": tuple(facts)})
        return tuple(entries), entries[place].id

    def asked_about(self, best_hit: float, generator: random.Random) -> Line:
        """A line of the best hit so often; else of any."""
        hit = self.hits[0] if generator.random() < best_hit else generator.choice(self.hits)
        return generator.choice(hit)


@dataclass(frozen=True, slots=True)
class Pool:
    """The families of one part of the data set."""

    part: str
    names: tuple[str, ...]
    part_of: Callable[[str], str]

    @classmethod
    def of_part(cls, part_of: Callable[[str], str], generator: random.Random) -> Pool:
        """The families of a part, a part with more families more often."""
        of = {name: part_of(_group(name)) for name in sorted(families())}
        part = of[generator.choice([*of])]
        return cls(part, tuple(name for name in of if of[name] == part), part_of)

    def group(self, lore: Lore, generator: random.Random) -> str:
        """The group of a scene with this lore, which is of this part."""
        return _group(lore.hits[0][0].name if lore.hits else generator.choice(self.names))

    def lures(self, kind: str) -> Sequence[str]:
        """The wordings of a kind of lure that are of this part."""
        return [line for line in lures(kind) if self.part_of(lure_group(kind, line)) == self.part]

    def others(self, without: Collection[str]) -> Sequence[str]:
        """The families but some."""
        return [name for name in self.names if name not in without]

    def known(
        self,
        generator: random.Random,
        without: Collection[str] = (),
        field: str | None = None,
        name: str | None = None,
    ) -> Line:
        """A line: of the family that is named, or of any but some, of the field if there is one.

        Some other family there has to be.
        """
        if name is None:
            left = self.others(without)
            if field is None and generator.random() < _RECORDS:
                field = RECORDS
            near = [n for n in left if families()[n][0] == field]
            name = generator.choice(near or left)
        of, family = families()[name]
        return Line(of, name, family, family.values(generator), generator.choice(family.lore))


def invented_lore(pool: Pool, generator: random.Random) -> Lore:
    """Lines of lore of one part's families, in an order as a search may give them."""
    entries = generator.choices([*_ENTRIES], [*_ENTRIES.values()])[0]
    if not entries:
        return Lore(())
    lines = [pool.known(generator)]
    if entries > 1 and generator.random() < _ALIKE and _names_what_is_meant(lines[0].family):
        lines.append(pool.known(generator, name=lines[0].name))
    joined = sum(generator.random() < _JOINED for _ in range(entries))
    while len(lines) < entries + joined and pool.others(known := {line.name for line in lines}):
        field = lines[0].field if generator.random() < _SAME_FIELD else None
        lines.append(pool.known(generator, known, field))
    generator.shuffle(lines)
    hits: list[tuple[Line, ...]] = [(line,) for line in lines[:entries]]
    for place, line in enumerate(lines[len(hits) :]):
        hits[place] = (*hits[place], line)
    generator.shuffle(hits)
    return Lore(tuple(hits))


def _names_what_is_meant(family: Family) -> bool:
    return all(any("{" in ask for ask in aspect.ask) for aspect in family.aspects)


def _group(family: str) -> str:
    return f"practice/{family}"
