"""What a Markdown file says of itself before its text."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from townsfolk.town.catalogue import LoreFields
from townsfolk.town.errors import Problem
from townsfolk.town.schema import wrong_kind
from townsfolk.town.source import Source, SourceError
from townsfolk.town.texts import NO_TEXTS, Texts
from townsfolk.town.yaml_source import parse_yaml


def _written(value: Any) -> Any:
    """A number as it is written: `id: 12` and `title: 1984` are texts."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _is_id(value: str) -> str:
    if not value or value.split() != [value]:
        raise wrong_kind("an id without spaces, like east_gate")
    return value


class FrontMatter(LoreFields):
    """The defaults of a file's entries, and the name of the file's own entry."""

    id: Annotated[str, BeforeValidator(_written), AfterValidator(_is_id)] | None = None
    """The id of the file's first entry, and the beginning of the ids that are made for others."""
    title: Annotated[str, BeforeValidator(_written)] | None = None
    aliases: Texts = NO_TEXTS
    tags: Any = None
    """Other programs' keys; not read, like the next ones."""
    author: Any = None
    date: Any = None
    created: Any = None
    updated: Any = None


def split_front_matter(
    name: str, text: str, problems: list[Problem]
) -> tuple[Source | None, str, int]:
    """The front matter of a file, the text after it, and how many lines stand before that."""
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
