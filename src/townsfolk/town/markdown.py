"""Markdown files of `knowledge/`: front matter, and one entry for each heading with a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from townsfolk.town.catalogue import LoreFields
from townsfolk.town.errors import Problem
from townsfolk.town.front_matter import FrontMatter, split_front_matter
from townsfolk.town.markdown_heading import BRACES, Heading, read_fields, read_heading
from townsfolk.town.markdown_lines import Line, read_lines, without_rules
from townsfolk.town.schema import validate
from townsfolk.town.slugs import family, file_title, slug
from townsfolk.town.source import Source

_BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
_LONGEST_FIRST_LINE = 80


@dataclass(slots=True)
class Section:
    """A heading and the text below it, or the text before any heading."""

    id: str
    title: str
    line: int
    fields: LoreFields
    given: frozenset[str]
    """The fields that its heading, or one around it, states."""
    audience_from: Heading | None = None
    """The heading that states the audience."""
    body: str = ""
    key_facts: list[str] = field(default_factory=list)
    path: tuple[str, ...] = ()
    """The titles of the headings above it."""
    generated: bool = False
    """Nobody wrote its id, which may be changed where it stands twice."""
    own: bool = False
    """It is what the file as a whole says of itself: what `id` and `aliases` before it name."""


@dataclass(slots=True)
class Document:
    """A Markdown file: what its front matter says of all entries, and the entries."""

    file: str
    front: FrontMatter
    sections: list[Section]
    source: Source | None = None
    """The front matter, with its lines."""
    complete: bool = True
    """False where an entry or its id cannot be read."""

    @property
    def family(self) -> str:
        """What the files of the same entries in other languages are called, too."""
        return family(self.file)


@dataclass(slots=True)
class _Open:
    """A heading whose part of the text has not ended."""

    level: int
    heading: Heading
    holds: dict[str, Any]
    """The fields that it states for what stands below it."""
    audience_from: Heading | None = None


def parse_markdown(name: str, text: str, problems: list[Problem], prefix: str) -> Document:
    """The entries of a Markdown file; what is wrong with it is added to the problems.

    Ids that nobody wrote begin with the prefix.
    """
    front_source, body, offset = split_front_matter(name, text, problems)
    front = validate(FrontMatter, front_source, problems) if front_source else None
    document = Document(name, front or FrontMatter(), [], front_source)
    body = _without_comments(document, body, offset, problems)
    lines, unclosed = read_lines(body, offset)
    _Reader(document, document.front.id or prefix, problems).read(lines)
    if unclosed:
        document.complete = False
        found, remedy = "the block is not closed", "close it as it was opened, with ``` or ~~~"
        problems.append(Problem(name, unclosed, "", found, remedy=remedy))
    return document


@dataclass(slots=True)
class _Reader:
    """Goes through the lines of a file and gives it its sections."""

    document: Document
    prefix: str
    problems: list[Problem]
    above: list[_Open] = field(default_factory=list)
    """The headings around what is read now, outermost first."""

    def read(self, lines: list[Line]) -> None:
        """Every section. Text below a heading that cannot be read is left out."""
        for heading, text in _parts(lines):
            if heading is None:
                self._introduction(text, lines)
            else:
                self._heading(heading, text)

    def _introduction(self, lines: list[Line], all_lines: list[Line]) -> None:
        """The text before any heading."""
        body = self._body(lines)
        if not body:
            return
        first = next(line for line in lines if line.text.strip())
        title = self._own_title(body, all_lines)
        fields = LoreFields(**_lore_values(self.document.front))
        section = Section(self.prefix, title, first.number, fields, frozenset(), generated=True)
        self._add(section, body)
        self._make_own()

    def _own_title(self, body: str, lines: list[Line]) -> str:
        """The title of a file: stated, or its first heading or line, or the file's name."""
        if self.document.front.title:
            return self.document.front.title
        heading = next((line for line in lines if line.level == 1), None)
        named = read_heading("", 0, heading.text, []) if heading is not None else None
        if named is not None and named.title:
            return named.title
        first, _, rest = body.partition("\n")
        if len(first) <= _LONGEST_FIRST_LINE and rest.startswith("\n") and _is_title(first):
            return first.strip("*_# ")
        return file_title(self.document.file)

    def _heading(self, line: Line, lines: list[Line]) -> None:
        file, problems = self.document.file, self.problems
        heading = read_heading(file, line.number, line.text, problems)
        self.above = [other for other in self.above if other.level < line.level]
        if heading is None:
            self.document.complete = False
            return
        outer: dict[str, Any] = {}
        audience_from: Heading | None = None
        for other in self.above:
            outer.update(other.holds)
            audience_from = other.audience_from or audience_from
        fields = read_fields(file, heading, self.document.front, outer, problems)
        if "audience" in heading.stated:
            audience_from = heading
        path = self._path(heading.title)
        # A heading with an id is one entry. What another one states holds below it, too.
        holds = heading.stated if fields and not heading.id else {}
        stated_here = heading if "audience" in holds else None
        self.above.append(_Open(line.level, heading, holds, stated_here))
        body = self._body(lines)
        if not body and not heading.id:
            return
        given = frozenset({*outer, *heading.stated})
        section = Section(
            heading.id or f"{self.prefix}.{slug(heading.title)}", heading.title, line.number,
            fields or self.document.front, given, audience_from, path=path,
            generated=not heading.id,
        )  # fmt: skip
        if not body:
            remedy = "write it, or remove the heading"
            problems.append(Problem(file, line.number, heading.label, "has no text", remedy=remedy))
        self._add(section, body)
        if line.level == 1 and len(self.document.sections) == 1 and section.generated:
            self._make_own()

    def _path(self, title: str) -> tuple[str, ...]:
        titles = tuple(other.heading.title for other in self.above)
        stated = self.document.front.title
        if stated and stated not in (*titles[:1], title):
            titles = (stated, *titles)
        return titles

    def _add(self, section: Section, body: str) -> None:
        section.key_facts = [" ".join(fact.split()) for fact in _BOLD.findall(body)]
        section.body = _BOLD.sub(r"\1", body)
        self.document.sections.append(section)

    def _make_own(self) -> None:
        """Give the last section the name that the front matter has for the file."""
        section, front = self.document.sections[-1], self.document.front
        section.own, section.path = True, ()
        section.title = front.title or section.title
        if front.id is not None:
            section.id, section.generated = front.id, False

    def _body(self, lines: list[Line]) -> str:
        for line in lines:
            if not line.fenced:
                self._check_no_heading(line)
        return "\n".join(without_rules([line.text for line in lines])).strip()

    def _check_no_heading(self, line: Line) -> None:
        """A line with an id that is no heading would stand in the entry before it."""
        text = line.text.rstrip()
        braces = BRACES.search(text) if text.endswith("}") else None
        if braces and braces.group(1).startswith("#"):
            self.document.complete = False
            identifier = braces.group(1).split()[0]
            self.problems.append(
                Problem(self.document.file, line.number, identifier, "has an id and is no heading",
                        "headings like ## The East Gate {#east_gate}",
                        "put ## and a space before it")
            )  # fmt: skip


def _parts(lines: list[Line]) -> Iterator[tuple[Line | None, list[Line]]]:
    """Each heading with the lines below it; first those before any. A bare `##` is no heading."""
    heading: Line | None = None
    text: list[Line] = []
    for line in lines:
        if not line.level:
            text.append(line)
        elif line.text:
            yield heading, text
            heading, text = line, []
    yield heading, text


def _is_title(line: str) -> bool:
    return not line.endswith((".", "!", "?", "。", ",", ":")) and line[0] not in "-*+>|!`<"


def _lore_values(front: FrontMatter) -> dict[str, Any]:
    return front.model_dump(include=set(LoreFields.model_fields), exclude_unset=True)


def _without_comments(document: Document, text: str, offset: int, problems: list[Problem]) -> str:
    """The text with comments blanked, not cut, so that the lines stay where they are."""
    kept: list[str] = []
    position = 0
    while (start := text.find("<!--", position)) >= 0:
        kept.append(text[position:start])
        end = text.find("-->", start)
        if end < 0:
            document.complete = False
            line = offset + text.count("\n", 0, start) + 1
            found, remedy = "the comment is not closed", "add --> after it"
            problems.append(Problem(document.file, line, "", found, remedy=remedy))
            return "".join(kept)
        kept.append("\n" * text.count("\n", start, end))
        position = end + len("-->")
    return "".join([*kept, text[position:]])
