"""Reading a town's files: inside the town only, as UTF-8, with the line of every key."""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from townsfolk.town.errors import Problem, did_you_mean, listing, shown

Location = tuple[str | int, ...]

IS_MISSING = "the file is missing"

_MAX_DEPTH = 60
_MAX_NODES = 200_000
_MAX_BITS = 64
_NOT_TEXT = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_TEXT_TAG = "tag:yaml.org,2002:str"
_TIME_TAG = "tag:yaml.org,2002:timestamp"
_MERGE_TAG = "tag:yaml.org,2002:merge"


class _BadNumber(ValueError):
    """A number that JSON's parser takes and a town does not."""

    def __init__(self, token: str, found: str) -> None:
        self.token = token
        super().__init__(found)


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


class _Loader(yaml.CSafeLoader):
    """Reads plain data. A date stays a text, as the town has its own calendar."""

    yaml_implicit_resolvers = {
        first: [(tag, form) for tag, form in resolvers if tag != _TIME_TAG]
        for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """The value of a node. What its tag cannot read is an error with its line."""
        try:
            value = super().construct_object(node, deep)
        except (AttributeError, LookupError, TypeError, ValueError):
            kind = node.tag.rpartition(":")[2]
            found = f"{shown(node.value)} is no {kind}"
            raise yaml.MarkedYAMLError(problem=found, problem_mark=node.start_mark) from None
        if isinstance(value, int) and value.bit_length() > _MAX_BITS:
            found = "the number is too large"
            raise yaml.MarkedYAMLError(problem=found, problem_mark=node.start_mark)
        return value


def read_yaml(root: Path, path: Path) -> Source:
    """A YAML file with its lines.

    Raises:
        SourceError: it cannot be read or is not YAML.
    """
    return parse_yaml(relative(root, path), read_text(root, path))


def parse_yaml(name: str, text: str) -> Source:
    """YAML text with its lines, named for error messages. Raises SourceError."""
    source = Source(name, None)
    try:
        _check_depth(name, text)
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            if node is not None:
                _walk(node, (), source, 0, [0])
                source.data = loader.construct_document(node)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        raise SourceError(_broken_yaml(name, text, error)) from None
    except yaml.YAMLError as error:
        raise SourceError(Problem(name, None, "", f"broken YAML: {error}")) from None
    return source


def _broken_yaml(name: str, text: str, error: yaml.MarkedYAMLError) -> Problem:
    found = f"broken YAML: {error.problem or error.context}"
    mark, begin = error.problem_mark or error.context_mark, error.context_mark
    last = text.rstrip().count("\n") + 1
    line = mark.line + 1 if mark else last
    if begin and begin.line + 1 < line and error.context:
        first = begin.line + 1
        found += f" ({error.context} that begins in line {first})"
        if line > last:
            line = first  # What is not closed before the file ends is mended where it begins.
    line = min(line, last)
    return Problem(
        name, line, "", found, remedy="check indentation, colons and quotes at this line"
    )


def _check_depth(name: str, text: str) -> None:
    """Refuse deep nesting before the parser builds nodes, which it does by recursion in C."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _MAX_DEPTH:
                mark = event.start_mark
                raise SourceError(_too_large(name, mark.line + 1 if mark else None))
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _too_large(name: str, line: int | None) -> Problem:
    return Problem(name, line, "", "is nested too deeply or too large",
                   f"{_MAX_DEPTH} levels, {_MAX_NODES} values",
                   "split the file, and look for an anchor that contains itself")  # fmt: skip


def _walk(node: yaml.Node, location: Location, source: Source, depth: int, seen: list[int]) -> None:
    """Note the line of each key and item, and keys that stand twice in one mapping."""
    seen[0] += 1
    if depth > _MAX_DEPTH or seen[0] > _MAX_NODES:
        raise SourceError(_too_large(source.file, node.start_mark.line + 1))
    source.lines.setdefault(location, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        keys: set[Hashable] = set()
        for key_node, value_node in node.value:
            merge = key_node.tag == _MERGE_TAG
            if isinstance(key_node, yaml.ScalarNode) and not merge:
                key_node.tag = _TEXT_TAG  # `1:` and `no:` are names like any other.
            key = str(key_node.value)
            line = key_node.start_mark.line + 1
            if key in keys and not merge:
                source.note_twice((*location, key), line)
            keys.add(key)
            source.lines[(*location, key)] = line
            _walk(value_node, (*location, key), source, depth + 1, seen)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            source.lines[(*location, index)] = item.start_mark.line + 1
            _walk(item, (*location, index), source, depth + 1, seen)


def read_json(root: Path, path: Path) -> Source:
    """A JSON file with its lines.

    Raises:
        SourceError: it cannot be read or is not JSON.
    """
    name = relative(root, path)
    text = read_text(root, path)
    try:
        data = json.loads(text, parse_int=_whole_number, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise SourceError(_broken_json(name, text, error)) from None
    except _BadNumber as number:
        at = next(m.start() for m in _JSON_TOKEN.finditer(text) if m.group() == number.token)
        problem = _broken_json(name, text, json.JSONDecodeError(str(number), text, at))
        raise SourceError(problem) from None
    except RecursionError:
        raise SourceError(_too_large(name, None)) from None
    source = Source(name, data)
    _note_json(text, source)
    return source


def _broken_json(name: str, text: str, error: json.JSONDecodeError) -> Problem:
    before = text[: error.pos]
    if "delimiter" in error.msg:
        before = before.rstrip()  # A comma or colon is missing where the text before it ends.
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return Problem(name, line, "", f"broken JSON: {error.msg} (column {column})",
                   remedy="check commas, quotes and brackets at this line")  # fmt: skip


def _whole_number(digits: str) -> int:
    if len(digits) > _MAX_BITS or int(digits).bit_length() > _MAX_BITS:
        raise _BadNumber(digits, "the number is too large")
    return int(digits)


def _no_number(name: str) -> None:
    raise _BadNumber(name, f"{name} is no number in JSON")


def _is_text(text: str) -> bool:
    """Whether a text can be written: half of a surrogate pair cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _note_json(text: str, source: Source) -> None:
    """Note the line of each key and item of valid JSON, and keys that stand twice.

    Raises SourceError.
    """
    location: list[str | int] = []
    keys: list[set[str]] = []
    key_follows = False
    line, counted = 1, 0
    for match in _JSON_TOKEN.finditer(text):
        token = match.group()
        line += text.count("\n", counted, match.start())
        counted = match.start()
        if "\\u" in token and not _is_text(json.loads(token)):
            found = f"broken JSON: {token[:20]} holds half a character"
            remedy = r"write both \u of the pair, or the character itself"
            raise SourceError(Problem(source.file, line, "", found, remedy=remedy))
        if token in "}]":
            location.pop()
            keys.pop()
            key_follows = False
        elif token == ",":
            key_follows = isinstance(location[-1], str)
            if not key_follows:
                location[-1] += 1  # type: ignore[operator]
        elif key_follows:
            location[-1] = json.loads(token)
            at = tuple(location)
            if at[-1] in keys[-1]:
                source.note_twice(at, line)
            keys[-1].add(str(at[-1]))
            source.lines[at] = line
            key_follows = False
        elif token != ":":
            if not location or isinstance(location[-1], int):
                source.lines[tuple(location)] = line
            if token in "{[":
                location.append("" if token == "{" else 0)
                keys.append(set())
                key_follows = token == "{"
            if len(location) > _MAX_DEPTH:
                raise SourceError(_too_large(source.file, line))
