"""Markdown files of `knowledge/`: front matter, and one entry for each heading with an id."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from townsfolk.town.catalogue import LoreFields
from townsfolk.town.errors import Problem, did_you_mean, listing
from townsfolk.town.schema import validate
from townsfolk.town.source import Source, SourceError
from townsfolk.town.yaml_source import parse_yaml

_HEADING = re.compile(r"^ {0,3}#{1,6}\s+(.*)$")
_ATTRIBUTES = re.compile(r"\{([^{}]*)\}$")
_FENCE = re.compile(r"^(```|~~~)")
_BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
_ID = re.compile(r"^[A-Za-z0-9_]+$")

ATTRIBUTES = ("importance", "audience", "category", "from", "to")


@dataclass(slots=True)
class Section:
    """A heading with an id and the text below it."""

    id: str
    title: str
    line: int
    fields: LoreFields
    given: frozenset[str]
    """The attributes that the heading itself states."""
    body: str
    key_facts: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Document:
    """A Markdown file: what its front matter says of all entries, and the entries."""

    file: str
    front: LoreFields
    sections: list[Section]
    source: Source | None = None
    """The front matter, with its lines."""
    complete: bool = True
    """False where an entry or its id cannot be read."""

    @property
    def family(self) -> str:
        """What the files of the same entries in other languages are called, too."""
        return family(self.file)


def family(file: str) -> str:
    """A file's name without its language: `knowledge/lore` for `knowledge/lore.ko.md`."""
    folder, slash, name = file.rpartition("/")
    return folder + slash + name.partition(".")[0]


def parse_markdown(name: str, text: str, problems: list[Problem]) -> Document:
    """The entries of a Markdown file; what is wrong with it is added to the problems."""
    front_source, body, offset = _split_front_matter(name, text, problems)
    front = validate(LoreFields, front_source, problems) if front_source else None
    document = Document(name, front or LoreFields(), [], front_source)
    lines = _without_comments(document, body, offset, problems).split("\n")
    collected: list[str] = []
    current: Section | None = None
    fence: int | None = None
    for number, line in enumerate(lines, start=offset + 1):
        if _FENCE.match(line):
            fence = number if fence is None else None
        heading = None if fence else _HEADING.match(line)
        if heading is None:
            if fence is None:
                _check_no_heading(document, number, line, problems)
            collected.append(line)
            continue
        _finish(current, collected)
        collected = []
        current = _section(number, heading.group(1), document, problems)
    _finish(current, collected)
    if fence:
        document.complete = False
        found, remedy = "the block is not closed", "close it as it was opened, with ``` or ~~~"
        problems.append(Problem(name, fence, "", found, remedy=remedy))
    for section in document.sections:
        if not section.body:
            remedy = "write it, or remove the heading"
            problems.append(
                Problem(name, section.line, f"#{section.id}", "has no text", remedy=remedy)
            )
    return document


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


def _check_no_heading(document: Document, line: int, text: str, problems: list[Problem]) -> None:
    """A line with an id that is no heading would stand in the entry before it."""
    attributes = _ATTRIBUTES.search(text.rstrip())
    if attributes and attributes.group(1).startswith("#"):
        document.complete = False
        identifier = attributes.group(1).split()[0]
        problems.append(
            Problem(document.file, line, identifier, "has an id and is no heading",
                    "headings like ## The East Gate {#east_gate}", "put ## and a space before it")
        )  # fmt: skip


def _split_front_matter(
    name: str, text: str, problems: list[Problem]
) -> tuple[Source | None, str, int]:
    lines = text.split("\n")
    if lines[0].strip() != "---":
        return None, text, 0
    for end in range(1, len(lines)):
        if lines[end].strip() == "---":
            break
    else:
        problems.append(
            Problem(name, 1, "", "the front matter is not closed", remedy="add a line --- after it")
        )
        return None, text, 0
    try:
        source = parse_yaml(name, "\n".join(["", *lines[1:end]]))
    except SourceError as error:
        problems.append(error.problem)
        return None, "\n".join(lines[end + 1 :]), end + 1
    problems.extend(source.duplicates)
    return (source if source.data else None), "\n".join(lines[end + 1 :]), end + 1


def _section(
    line: int, heading: str, document: Document, problems: list[Problem]
) -> Section | None:
    name = document.file
    heading = heading.strip().rstrip("#").strip()
    attributes = _ATTRIBUTES.search(heading)
    if attributes is None:
        return None
    title = heading[: attributes.start()].strip()
    words = attributes.group(1).split()
    ids = [word[1:] for word in words if word.startswith("#")]
    if len(ids) != 1 or not _ID.match(ids[0]):
        document.complete = False
        problems.append(
            Problem(name, line, title, f"the heading says {attributes.group()}",
                    "one id of letters, digits and _, like {#east_gate}")
        )  # fmt: skip
        return None
    if not title:
        document.complete = False
        remedy = f"write it before {attributes.group()}"
        problems.append(Problem(name, line, f"#{ids[0]}", "has no title", remedy=remedy))
        return None
    stated: dict[str, Any] = {}
    for word in words:
        if word.startswith("#"):
            continue
        key, _, value = word.partition("=")
        if key not in ATTRIBUTES:
            remedy = did_you_mean(key, ATTRIBUTES) or "write name=value, without spaces"
            problems.append(
                Problem(name, line, f"#{ids[0]}", f"unknown attribute {key!r}", listing(ATTRIBUTES),
                        remedy)
            )  # fmt: skip
            continue
        stated[key] = value
    fields = _fields(name, line, ids[0], stated, document.front, problems)
    section = Section(ids[0], title, line, fields, frozenset(stated), "")
    document.sections.append(section)
    return section


def _fields(
    name: str,
    line: int,
    identifier: str,
    stated: dict[str, Any],
    front: LoreFields,
    problems: list[Problem],
) -> LoreFields:
    values: dict[str, Any] = front.model_dump(exclude_unset=True)
    for key, value in stated.items():
        match key:
            case "audience":
                values["audience"] = value if value == "all" else value.strip(",").split(",")
            case "from" | "to":
                values[f"valid_{key}"] = value
            case "importance":
                try:
                    values[key] = float(value)
                except ValueError:
                    values[key] = value
            case _:
                values[key] = value
    source = Source(name, values, {(): line})
    found: list[Problem] = []
    fields = validate(LoreFields, source, found)
    problems.extend(
        replace(p, key=f"#{identifier} {p.key.removeprefix('valid_')}".strip()) for p in found
    )
    return fields or front


def _finish(section: Section | None, lines: list[str]) -> None:
    if section is None:
        return
    text = "\n".join(lines).strip()
    section.key_facts = [" ".join(fact.split()) for fact in _BOLD.findall(text)]
    section.body = _BOLD.sub(r"\1", text)
