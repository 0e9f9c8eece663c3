"""What is wrong with a town, said so that a designer can mend it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

_LONGEST_NAME = 100
"""Characters of a misspelt name that are compared; what is longer is no name."""
_LONGEST_VALUE = 60
"""Characters of a wrong value that are shown."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault of one file: where it is, what was found, what is allowed, what to do."""

    file: str
    line: int | None
    key: str
    found: str
    allowed: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        parts = [f"{place}: {self.key}: {self.found}" if self.key else f"{place}: {self.found}"]
        if self.allowed:
            parts.append(f"allowed: {self.allowed}")
        if self.remedy:
            parts.append(self.remedy)
        return "; ".join(parts)


class TownsfolkError(Exception):
    """A mistake or lack that the user can mend; shown without a traceback."""

    exit_code = 2


class TownError(TownsfolkError):
    """All problems of a town, found in one go."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: list[Problem] = sorted(
            set(problems), key=lambda p: (p.file, p.line or 0, p.key, p.found)
        )
        super().__init__("\n".join(str(problem) for problem in self.problems))


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The known name closest to a misspelt one, or None when nothing is close."""
    lowered = {known.lower(): known for known in names}
    close = difflib.get_close_matches(name[:_LONGEST_NAME].lower(), list(lowered), n=1, cutoff=0.6)
    return lowered[close[0]] if close else None


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """A remedy sentence with the nearest right name, or an empty string."""
    close = nearest(name, names)
    return f"did you mean {close!r}?" if close else ""


def listing(names: Iterable[str], limit: int = 16) -> str:
    """Names as a readable list, cut after `limit`."""
    ordered: Sequence[str] = sorted(names)
    first = ", ".join(ordered[:limit])
    return f"{first}, … ({len(ordered)} in all)" if len(ordered) > limit else first


def shown(value: Any) -> str:
    """A wrong value as its designer knows it: `'red'`, `5`, `true`, `nothing`, `a list […]`."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value) if isinstance(value, int | float) else repr(value)
    cut = f"{text[:_LONGEST_VALUE]}…" if len(text) > _LONGEST_VALUE else text
    kind = "a mapping " if isinstance(value, dict) else "a list " if isinstance(value, list) else ""
    return f"{kind}{cut}"
