"""Files of JSON lines: one object a line, all that is wrong reported together."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from townsfolk.town.errors import Problem, TownError, shown
from townsfolk.town.schema import validate
from townsfolk.town.source import Source

T = TypeVar("T")

_REMEDY = 'one object a line, such as {"id": "q1", "text": "Where is the mill?"}'


def read_entries(
    path: Path, shape: type[T], faults: Callable[[T, Source], Iterable[Problem]]
) -> list[T]:
    """The entries of a file, in its order; `faults` gives what is wrong with one of this shape.

    Raises:
        TownError: with every problem of every line.
    """
    problems: list[Problem] = []
    entries: list[T] = []
    for source in read_lines(path, problems):
        entry: T | None = validate(shape, source, problems)
        if entry is None:
            continue
        problems.extend(faults(entry, source))
        entries.append(entry)
    if problems:
        raise TownError(problems)
    return entries


def read_lines(path: Path, problems: list[Problem]) -> list[Source]:
    """The objects of a file, each with its line; lines that hold none go to the problems.

    Raises:
        TownError: the file cannot be read at all.
    """
    name = path.as_posix()
    sources: list[Source] = []
    for number, line in enumerate(_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
        except json.JSONDecodeError as error:
            found = f"broken JSON: {error.msg} (column {error.colno})"
            problems.append(Problem(name, number, "", found, _REMEDY))
        except (RecursionError, ValueError):
            problems.append(Problem(name, number, "", "is nested too deeply or too large", _REMEDY))
        else:
            if isinstance(data, dict):
                sources.append(Source(name, data, {(): number}))
            else:
                problems.append(Problem(name, number, "", f"found {shown(data)}", _REMEDY))
    problems.extend(repeated_ids(sources))
    return sources


def repeated_ids(sources: Iterable[Source]) -> Iterator[Problem]:
    """The problems of ids that an earlier line has."""
    seen: dict[str, int] = {}
    for source in sources:
        identifier = source.data.get("id")
        if not isinstance(identifier, str | int):
            continue
        line = source.line(()) or 0
        first = seen.setdefault(str(identifier), line)
        if first != line:
            found = f"the id {shown(identifier)} stands in line {first} already"
            yield source.problem(("id",), found, remedy="give each query an id of its own")


def _text(path: Path) -> str:
    name = path.as_posix()
    try:
        content = path.read_bytes()
    except OSError as error:
        raise TownError([Problem(name, None, "", f"cannot be read: {error.strerror}")]) from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        found = f"is not UTF-8 (byte 0x{error.object[error.start]:02x})"
        remedy = "save the file again as UTF-8"
        raise TownError([Problem(name, line, "", found, "UTF-8 text", remedy)]) from None
