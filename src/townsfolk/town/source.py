"""Reading a town's files: inside the town only, as UTF-8, with the line of every key."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from townsfolk.town.errors import Problem, did_you_mean, listing

Location = tuple[str | int, ...]

_MAX_DEPTH = 60
_MAX_NODES = 200_000


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

    def unknown(self, at: Location, what: str, name: str, known: Iterable[str]) -> Problem:
        """The problem of a name that nothing bears, with the nearest that something does."""
        names = list(known)
        allowed = listing(names) if names else f"there is no {what} yet"
        return self.problem(at, f"no {what} is called {name!r}", allowed, did_you_mean(name, names))


def read_text(root: Path, path: Path) -> str:
    """A file's text.

    Raises:
        SourceError: the file is missing, lies outside the town, or is not UTF-8.
    """
    name = relative(root, path)
    if not path.resolve().is_relative_to(root.resolve()):
        raise SourceError(
            Problem(name, None, "", "leads out of the town", "files inside the town's folder",
                    "copy the file into the town instead of linking to it")
        )  # fmt: skip
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise SourceError(Problem(name, None, "", "the file is missing")) from None
    except IsADirectoryError:
        raise SourceError(Problem(name, None, "", "is a folder, not a file")) from None
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        raise SourceError(
            Problem(name, before.count(b"\n") + 1, "",
                    f"is not UTF-8 (byte 0x{error.object[error.start]:02x})", "UTF-8 text",
                    "save the file again as UTF-8")
        ) from None  # fmt: skip
    except OSError as error:
        raise SourceError(Problem(name, None, "", f"cannot be read: {error.strerror}")) from None


def relative(root: Path, path: Path) -> str:
    """The name of a file as the designer sees it, from the town's folder."""
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return path.as_posix()


def read_yaml(root: Path, path: Path) -> Source:
    """A YAML file with its lines.

    Raises:
        SourceError: it cannot be read or is not YAML.
    """
    return parse_yaml(relative(root, path), read_text(root, path))


def parse_yaml(name: str, text: str) -> Source:
    """YAML text with its lines, named for error messages. Raises SourceError."""
    loader = yaml.CSafeLoader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return Source(name, None)
        source = Source(name, None)
        _walk(node, (), source, 0, [0])
        source.data = loader.construct_document(node)
        return source
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        found = f"broken YAML: {error.problem or error.context}"
        raise SourceError(
            Problem(name, line, "", found, remedy="check indentation, colons and quotes at this line")
        ) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise SourceError(Problem(name, None, "", f"broken YAML: {error}")) from None
    finally:
        loader.dispose()


def read_json(root: Path, path: Path) -> Source:
    """A JSON file with its lines.

    Raises:
        SourceError: it cannot be read or is not JSON.
    """
    name = relative(root, path)
    text = read_text(root, path)
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise SourceError(
            Problem(name, error.lineno, "", f"broken JSON: {error.msg} (column {error.colno})",
                    remedy="check commas, quotes and brackets at this line")
        ) from None  # fmt: skip
    except RecursionError:
        raise SourceError(Problem(name, None, "", "broken JSON: nested too deeply")) from None
    source = Source(name, data)
    # JSON is YAML but for tabs between tokens, so YAML's parser tells the lines; a raw tab
    # cannot stand inside a JSON string, so this moves nothing that matters.
    try:
        node = yaml.compose(text.replace("\t", " "), Loader=yaml.CSafeLoader)
        if node is not None:
            _walk(node, (), source, 0, [0])
    except (yaml.YAMLError, ValueError):
        source.lines.setdefault((), 1)
    return source


def _walk(node: yaml.Node, location: Location, source: Source, depth: int, seen: list[int]) -> None:
    """Note the line of each key and item, and keys that stand twice in one mapping."""
    seen[0] += 1
    if depth > _MAX_DEPTH or seen[0] > _MAX_NODES:
        raise SourceError(
            Problem(source.file, node.start_mark.line + 1, "", "is nested too deeply or too large",
                    f"{_MAX_DEPTH} levels, {_MAX_NODES} values",
                    "split the file, and look for an anchor that contains itself")
        )  # fmt: skip
    source.lines.setdefault(location, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        keys: set[Hashable] = set()
        for key_node, value_node in node.value:
            key = str(key_node.value)
            line = key_node.start_mark.line + 1
            if key in keys and key != "<<":
                at = ".".join(map(str, (*location, key)))
                found = f"the key {key!r} stands twice"
                source.duplicates.append(
                    Problem(source.file, line, at, found, remedy="keep one of the two")
                )
            keys.add(key)
            source.lines[(*location, key)] = line
            _walk(value_node, (*location, key), source, depth + 1, seen)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            source.lines[(*location, index)] = item.start_mark.line + 1
            _walk(item, (*location, index), source, depth + 1, seen)
