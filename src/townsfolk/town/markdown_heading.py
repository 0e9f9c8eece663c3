"""The braces after a Markdown heading: `## The East Gate {#east_gate importance=0.8}`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from townsfolk.town.catalogue import LoreFields
from townsfolk.town.errors import Problem, did_you_mean, listing
from townsfolk.town.schema import validate
from townsfolk.town.source import Source

ATTRIBUTES = (
    "importance", "audience", "category", "lang", "from", "to", "valid_from", "valid_to",
)  # fmt: skip
BRACES = re.compile(r"\{([^{}]*)\}$")
_ID = re.compile(r"^[A-Za-z0-9_]+$")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"\*\*|__|`")
_LONGEST_MARKED = 500


@dataclass(slots=True)
class Heading:
    """A heading and what its braces say."""

    title: str
    line: int
    id: str = ""
    """Empty where it states none."""
    stated: dict[str, Any] = field(default_factory=dict)
    """Values by field of `LoreFields`."""

    @property
    def label(self) -> str:
        """How an error names it."""
        return f"#{self.id}" if self.id else self.title


def read_heading(file: str, line: int, text: str, problems: list[Problem]) -> Heading | None:
    """A heading; None, with a problem, if its id or title cannot be read."""
    braces = BRACES.search(text)
    words = braces.group(1).split() if braces else []
    if braces is None or not _are_attributes(words):
        return Heading(_plain(text), line)
    title = _plain(text[: braces.start()].strip())
    ids = [word[1:] for word in words if word.startswith("#")]
    unnamed = not ids and any("=" in word for word in words)
    if not unnamed and (len(ids) != 1 or not _ID.match(ids[0])):
        problems.append(
            Problem(file, line, title, f"the heading says {braces.group()}",
                    "one id of letters, digits and _, like {#east_gate}")
        )  # fmt: skip
        return None
    heading = Heading(title, line, "" if unnamed else ids[0])
    if not title:
        remedy = f"write it before {braces.group()}"
        problems.append(Problem(file, line, heading.label, "has no title", remedy=remedy))
        return None
    for word in words:
        if word.startswith("#"):
            continue
        key, _, value = word.partition("=")
        if key not in ATTRIBUTES:
            remedy = did_you_mean(key, ATTRIBUTES) or "write name=value, without spaces"
            problems.append(
                Problem(file, line, heading.label, f"unknown attribute {key!r}",
                        listing(ATTRIBUTES), remedy)
            )  # fmt: skip
            continue
        field_name = f"valid_{key}" if key in {"from", "to"} else key
        heading.stated[field_name] = _value(field_name, value)
    return heading


def read_fields(
    file: str, heading: Heading, front: LoreFields, outer: dict[str, Any], problems: list[Problem]
) -> LoreFields | None:
    """What holds for a heading: its own braces, then those around it, then the front matter."""
    values = front.model_dump(include=set(LoreFields.model_fields), exclude_unset=True)
    values.update(outer)
    values.update(heading.stated)
    found: list[Problem] = []
    fields: LoreFields | None = validate(
        LoreFields, Source(file, values, {(): heading.line}), found
    )
    problems.extend(
        replace(p, key=f"{heading.label} {p.key.removeprefix('valid_')}".strip()) for p in found
    )
    return fields


def _are_attributes(words: list[str]) -> bool:
    """Whether braces are meant for us; other words in braces belong to the title."""
    if any(word.startswith("#") or "=" in word for word in words):
        return True
    return len(words) == 1 and bool(_ID.match(words[0]))


def _value(key: str, value: str) -> Any:
    if key == "audience":
        return value if value == "all" else value.strip(",").split(",")
    if key == "importance":
        try:
            return float(value)
        except ValueError:
            return value
    return value


def _plain(title: str) -> str:
    """A title without Markdown's marks."""
    if len(title) > _LONGEST_MARKED:
        return title
    return _MARKS.sub("", _LINK.sub(r"\1", title)).strip()
