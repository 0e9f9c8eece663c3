"""Reading a town's files: inside the town only, as UTF-8, with the line of every key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from townsfolk.town.errors import Problem, did_you_mean, listing

Location = tuple[str | int, ...]

IS_MISSING = "the file is missing"

MAX_DEPTH = 60
MAX_NODES = 200_000
_NOT_TEXT = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class SourceError(Exception):
    """A file that cannot be used at all."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


@dataclass(slots=True)
class Source:
    """A parsed file: its data, and the line (from 1) of every key and list item."""

    file: str
    data: Any
    lines: dict[Location, int] = field(default_factory=dict)
    duplicates: list[Problem] = field(default_factory=list)

    def line(self, location: Location) -> int | None:
        """The line of a key, or of its nearest parent that stands in the file."""
        for end in range(len(location), -1, -1):
            if location[:end] in self.lines:
                return self.lines[location[:end]]
        return None

    def problem(self, at: Location, found: str, allowed: str = "", remedy: str = "") -> Problem:
        """A problem at a key of this file."""
        key = ".".join(str(step) for step in at)
        return Problem(self.file, self.line(at), key, found, allowed, remedy)

    def part(self, at: Location, values: dict[str, Any]) -> Source:
        """Some values of the mapping at a location as a file of their own, with their lines."""
        lines: dict[Location, int] = {(): self.line(at) or 1}
        for location in _locations(values):
            line = self.line((*at, *location))
            if line is not None:
                lines[location] = line
        return Source(self.file, values, lines)

    def note_twice(self, at: Location, line: int) -> None:
        """Note that a key stands twice in one mapping."""
        key = ".".join(str(step) for step in at)
        found, remedy = f"the key {str(at[-1])!r} stands twice", "keep one of the two"
        self.duplicates.append(Problem(self.file, line, key, found, remedy=remedy))

    def unknown(self, at: Location, what: str, name: str, known: Iterable[str]) -> Problem:
        """The problem of a name that nothing bears, with the nearest that something does."""
        names = list(known)
        allowed = listing(names) if names else f"there is no {what} yet"
        return self.problem(at, f"no {what} is called {name!r}", allowed, did_you_mean(name, names))


def _locations(value: Any, at: Location = ()) -> Iterator[Location]:
    held = enumerate(value) if isinstance(value, list) else ()
    for step, inner in value.items() if isinstance(value, dict) else held:
        yield (*at, step)
        yield from _locations(inner, (*at, step))


def read_text(root: Path, path: Path) -> str:
    """A file's text, its lines ended by a line feed alone.

    Raises:
        SourceError: the file is missing, lies outside the town, or is not UTF-8 text.
    """
    name = relative(root, path)
    try:
        if not path.resolve().is_relative_to(root.resolve()):
            raise SourceError(
                Problem(name, None, "", "leads out of the town", "files inside the town's folder",
                        "copy the file into the town instead of linking to it")
            )  # fmt: skip
        if path.exists() and not path.is_file():
            found = "is a folder, not a file" if path.is_dir() else "is not a file"
            raise SourceError(Problem(name, None, "", found))
        content = path.read_bytes()
    except FileNotFoundError:
        raise SourceError(Problem(name, None, "", IS_MISSING)) from None
    except OSError as error:
        raise SourceError(Problem(name, None, "", f"cannot be read: {error.strerror}")) from None
    except (RuntimeError, ValueError):
        # A link to itself, or a NUL in the name.
        raise SourceError(Problem(name, None, "", "leads to no file")) from None
    return _decoded(name, content)


def _decoded(name: str, content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        raise SourceError(
            Problem(name, before.count(b"\n") + 1, "",
                    f"is not UTF-8 (byte 0x{error.object[error.start]:02x})", "UTF-8 text",
                    "save the file again as UTF-8")
        ) from None  # fmt: skip
    wrong = _NOT_TEXT.search(text)
    if wrong:
        line = text.count("\n", 0, wrong.start()) + 1
        found = f"contains the control character U+{ord(wrong.group()):04X}"
        raise SourceError(Problem(name, line, "", found, "UTF-8 text", "delete the character"))
    return text


def relative(root: Path, path: Path) -> str:
    """The name of a file as the designer sees it, from the town's folder."""
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return path.as_posix()


def too_large(name: str, line: int | None) -> Problem:
    """The problem of a file beyond what a town needs."""
    return Problem(name, line, "", "is nested too deeply or too large",
                   f"{MAX_DEPTH} levels, {MAX_NODES} values",
                   "split the file, and look for an anchor that contains itself")  # fmt: skip
