"""JSON files with the line of every key."""

from __future__ import annotations

import json
import re
from pathlib import Path

from townsfolk.town.errors import Problem
from townsfolk.town.source import Source, SourceError, read_text, relative, too_large

_MAX_DEPTH = 60
_MAX_BITS = 64
_JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


class _BadNumber(ValueError):
    """A number that JSON's parser takes and a town does not."""

    def __init__(self, token: str, found: str) -> None:
        self.token = token
        super().__init__(found)


def read_json(root: Path, path: Path) -> Source:
    """A JSON file with its lines.

    Raises:
        SourceError: it cannot be read or is not JSON.
    """
    name = relative(root, path)
    text = read_text(root, path)
    if not text.strip():
        raise SourceError(
            Problem(
                name, 1, "", "broken JSON: the file is empty", remedy="write JSON, or delete it"
            )
        )
    try:
        data = json.loads(text, parse_int=_whole_number, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise SourceError(_broken_json(name, text, error)) from None
    except _BadNumber as number:
        at = next(m.start() for m in _JSON_TOKEN.finditer(text) if m.group() == number.token)
        problem = _broken_json(name, text, json.JSONDecodeError(str(number), text, at))
        raise SourceError(problem) from None
    except RecursionError:
        raise SourceError(too_large(name, None)) from None
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
                raise SourceError(too_large(source.file, line))
