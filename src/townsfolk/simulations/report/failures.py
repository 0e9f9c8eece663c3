"""Episodes that could not be played, by their reasons."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from townsfolk.store.records import Episode

_EXAMPLES = 5
_GROUPS = 20
_LONGEST = 1000
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class FailureFigures:
    """Failures that differ in nothing but numbers."""

    reason: str
    """The first of them, whole."""
    count: int
    episodes: tuple[str, ...]
    """Some of them."""


@dataclass(slots=True)
class FailureTally:
    """Groups what failed."""

    _groups: dict[str, list[str]] = field(default_factory=dict)
    _reasons: dict[str, str] = field(default_factory=dict)

    def add(self, episode: Episode) -> None:
        """Take in an episode that failed."""
        alike = _NUMBER.sub("#", episode.error)
        self._reasons.setdefault(alike, episode.error[:_LONGEST])
        self._groups.setdefault(alike, []).append(episode.id)

    def figures(self) -> tuple[FailureFigures, ...]:
        """The most frequent reasons."""
        ordered = sorted(self._groups.items(), key=lambda group: (-len(group[1]), group[0]))
        return tuple(self._group(alike, ids) for alike, ids in ordered[:_GROUPS])

    def _group(self, alike: str, ids: Sequence[str]) -> FailureFigures:
        return FailureFigures(self._reasons[alike], len(ids), tuple(ids[:_EXAMPLES]))
