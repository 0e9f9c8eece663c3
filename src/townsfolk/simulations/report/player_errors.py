"""The simulated players' own errors, of all episodes: those left out of the figures too."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from townsfolk.simulations.report.score_names import PLAYER_ERRORS
from townsfolk.simulations.report.spread import Share, share_of
from townsfolk.store.records import Episode, Score

_EXAMPLES = 3
_KIND = re.compile(r"(?:^|; )(?P<kind>\w+): ")
_UNTOLD = "untold"


@dataclass(frozen=True, slots=True)
class ErrorKind:
    """A kind of error."""

    kind: str
    count: int
    by_player: Mapping[str, int]
    examples: tuple[tuple[str, str], ...]
    """Episodes and details."""


@dataclass(frozen=True, slots=True)
class PlayerErrorFigures:
    """All errors, the most frequent kind first."""

    episodes: Share | None
    """Episodes with an error among those that were looked at for errors."""
    kinds: tuple[ErrorKind, ...]


@dataclass(slots=True)
class PlayerErrorTally:
    """Counts the errors of players."""

    _looked_at: int = 0
    _with_errors: int = 0
    _counts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    _examples: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, episode: Episode) -> None:
        """Count the errors of an episode's player."""
        for score in episode.scores:
            if score.name != PLAYER_ERRORS or score.turn is not None:
                continue
            self._looked_at += 1
            self._with_errors += score.value > 0
            for kind, detail in _told(score):
                self._counts[kind][episode.player] += 1
                if len(self._examples[kind]) < _EXAMPLES:
                    self._examples[kind].append((episode.id, detail))

    def figures(self) -> PlayerErrorFigures:
        """What was counted."""
        kinds = [
            ErrorKind(kind, of.total(), dict(sorted(of.items())), tuple(self._examples[kind]))
            for kind, of in self._counts.items()
        ]
        kinds.sort(key=lambda found: (-found.count, found.kind))
        return PlayerErrorFigures(share_of(self._with_errors, self._looked_at), tuple(kinds))


def _told(score: Score) -> Iterator[tuple[str, str]]:
    """The kinds and details of a reason, `kind: detail; kind: detail`."""
    if score.value <= 0:
        return
    found = list(_KIND.finditer(score.reason))
    if not found:
        yield _UNTOLD, score.reason
    for place, match in enumerate(found):
        end = found[place + 1].start() if place + 1 < len(found) else len(score.reason)
        yield match["kind"], score.reason[match.end() : end]
