"""Markdown files of `knowledge/`: front matter, and one entry for each heading with an id."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from townsfolk.town.errors import Problem, did_you_mean, listing
from townsfolk.town.schema import validate
from townsfolk.town.catalogue import LoreFields
from townsfolk.town.source import Source, SourceError, parse_yaml

_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*(?:\{([^{}]*)\})?\s*$")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
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


def parse_markdown(name: str, text: str, problems: list[Problem]) -> Document:
    """The entries of a Markdown file; what is wrong with it is added to the problems."""
    front_source, body, offset = _split_front_matter(name, text, problems)
    front = validate(LoreFields, front_source, problems) if front_source else None
    document = Document(name, front or LoreFields(), [])
    # A comment is blanked, not cut, so that the lines stay where they are.
    lines = _COMMENT.sub(lambda m: "\n" * m.group().count("\n"), body).split("\n")
    collected: list[str] = []
    current: Section | None = None
    fenced = False
    for number, line in enumerate(lines, start=offset + 1):
        if _FENCE.match(line):
            fenced = not fenced
        heading = None if fenced else _HEADING.match(line)
        if heading is None:
            collected.append(line)
            continue
        _finish(current, collected)
        collected = []
        current = _section(name, number, heading, document, problems)
    _finish(current, collected)
    for section in document.sections:
        if not section.body:
            problems.append(
                Problem(name, section.line, f"#{section.id}", "has no text", remedy="write it, or remove the heading")
            )  # fmt: skip
    return document


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
        source = parse_yaml(name, "\n" * 1 + "\n".join(lines[1:end]))
    except SourceError as error:
        problems.append(error.problem)
        return None, "\n".join(lines[end + 1 :]), end + 1
    problems.extend(source.duplicates)
    return (source if source.data else None), "\n".join(lines[end + 1 :]), end + 1


def _section(
    name: str, line: int, heading: re.Match[str], document: Document, problems: list[Problem]
) -> Section | None:
    title, attributes = heading.group(2), heading.group(3)
    if attributes is None:
        return None
    words = attributes.split()
    ids = [word[1:] for word in words if word.startswith("#")]
    if len(ids) != 1 or not _ID.match(ids[0]):
        problems.append(
            Problem(name, line, title, f"the heading says {{{attributes}}}",
                    "one id of letters, digits and _, like {#east_gate}")
        )  # fmt: skip
        return None
    stated: dict[str, Any] = {}
    for word in words:
        if word.startswith("#"):
            continue
        key, _, value = word.partition("=")
        if key not in ATTRIBUTES:
            problems.append(
                Problem(name, line, f"#{ids[0]}", f"unknown attribute {key!r}", listing(ATTRIBUTES),
                        did_you_mean(key, ATTRIBUTES))
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
                values["audience"] = value if value == "all" else value.split(",")
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
        Problem(p.file, line, f"#{identifier} {p.key}".strip(), p.found, p.allowed, p.remedy)
        for p in found
    )
    return fields or front


def _finish(section: Section | None, lines: list[str]) -> None:
    if section is None:
        return
    text = "\n".join(lines).strip()
    section.key_facts = [" ".join(fact.split()) for fact in _BOLD.findall(text)]
    section.body = _BOLD.sub(r"\1", text)
