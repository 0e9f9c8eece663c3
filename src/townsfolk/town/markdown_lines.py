"""Which lines of a Markdown text are headings, and which only look like it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_HEADING = re.compile(r"^ {0,3}(#{1,6})(?:[ \t]+(.*))?$")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$")
_UNDERLINE = re.compile(r"^ {0,3}(={2,}|-{2,})[ \t]*$")
_TITLE = re.compile(r"^ {0,3}[^\W\d_]|^ {0,3}\d+[^\d.)\s]|^ {0,3}[\"'“‘«(\[*`]\S")
"""How a line begins that may be an underlined heading, and no list, quote, table or rule."""
_SENTENCE_END = (".", "!", "?", "…", "。", ":", ";", ",")
_LONGEST_TITLE = 120


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text, or a heading with its level."""

    number: int
    text: str
    """A heading's text without its `#`."""
    level: int = 0
    """1 to 6 of a heading, else 0."""
    fenced: bool = False
    """It stands in a block between ``` or ~~~, or opens or closes one."""


def read_lines(text: str, offset: int) -> tuple[list[Line], int | None]:
    """The lines of a text after so many others, and that of a block that is not closed."""
    found: list[Line] = []
    fence, opened = "", None
    lines = text.split("\n")
    skip = False
    for index, line in enumerate(lines):
        number = offset + index + 1
        mark = _FENCE.match(line)
        if skip:
            skip = False
        elif fence:
            found.append(Line(number, line, fenced=True))
            if mark and mark[1].startswith(fence) and not mark[2].strip():
                fence, opened = "", None
        elif mark and not (mark[1][0] == "`" and "`" in mark[2]):
            fence, opened = mark[1], number
            found.append(Line(number, line, fenced=True))
        elif heading := _HEADING.match(line):
            found.append(Line(number, _unclosed(heading[2] or ""), len(heading[1])))
        elif level := _underlined(lines, index, found):
            found.append(Line(number, line.strip(), level))
            skip = True
        else:
            found.append(Line(number, line))
    return found, opened


def _unclosed(heading: str) -> str:
    """A heading without the `#` that may close it; those of `C#` stay."""
    text = heading.strip()
    bare = text.rstrip("#")
    closed = not bare or bare[-1].isspace() or bare.endswith("}")
    return bare.strip() if closed else text


def _underlined(lines: list[str], index: int, before: list[Line]) -> int:
    """The level of a line that is underlined as a heading, else 0."""
    mark = _UNDERLINE.match(lines[index + 1]) if index + 1 < len(lines) else None
    title = lines[index].strip()
    if mark is None or len(title) > _LONGEST_TITLE or not _TITLE.match(lines[index]):
        return 0
    if before and not before[-1].level and before[-1].text.strip():
        return 0
    if mark[1][0] == "=":
        return 1
    return 0 if title.endswith(_SENTENCE_END) else 2


def without_rules(lines: list[str]) -> list[str]:
    """The lines without blank ones and rules (`---`, `***`) at both ends."""
    first, last = 0, len(lines)
    while first < last and _is_rule(lines[first]):
        first += 1
    while last > first and _is_rule(lines[last - 1]):
        last -= 1
    return lines[first:last]


def _is_rule(line: str) -> bool:
    marks = "".join(line.split())
    return not marks or (len(marks) >= 3 and len(set(marks)) == 1 and marks[0] in "-*_")
