"""Seconds: over the turns of an episode, and their percentiles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import fmean

from townsfolk.simulations.report.played import asked_of_model, was_called
from townsfolk.simulations.report.spread import Mean, Share, mean_of, percentile, share_of
from townsfolk.store.records import Episode
from townsfolk.town.beats import PLAYER

_POINTS = 120
"""Of an ECDF, at most: more cannot be told apart."""
_TURNS = 60
"""NPC lines of an episode that are looked at one by one."""


@dataclass(frozen=True, slots=True)
class TurnFigures:
    """The first, second, … NPC line of all episodes."""

    number: int
    response_time: Mean | None
    """Seconds, of the lines with a model call."""
    replaced: Share | None
    """Authored and fallback lines among those for which the model was asked."""


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds of NPC lines with a model call."""

    name: str
    n: int
    mean: float
    p50: float
    p90: float
    p95: float
    p99: float
    most: float
    ecdf: tuple[tuple[float, float], ...]
    """Seconds, and the share of lines that took no longer."""


@dataclass(slots=True)
class TimingTally:
    """Collects the seconds of NPC lines."""

    _seconds: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    _asked: dict[int, list[bool]] = field(default_factory=lambda: defaultdict(list))
    _measured: dict[str, list[float]] = field(
        default_factory=lambda: {"response time": [], "time to first token": [], "retrieval": []}
    )

    def add(self, episode: Episode) -> None:
        """Take in the lines of an episode."""
        npc = [turn for turn in episode.transcript.turns if turn.speaker != PLAYER]
        for number, turn in enumerate(npc, start=1):
            if asked_of_model(turn):
                self._asked[number].append(turn.origin != "model")
            if not was_called(turn):
                continue
            timing = turn.timing
            self._seconds[number].append(timing.seconds)
            self._measured["response time"].append(timing.seconds)
            self._measured["retrieval"].append(timing.retrieval_seconds)
            if timing.first_token_seconds is not None:
                first = timing.first_token_seconds + timing.retrieval_seconds
                self._measured["time to first token"].append(first)

    def over_turns(self) -> tuple[TurnFigures, ...]:
        """Line by line."""
        numbers = sorted({*self._seconds, *self._asked})[:_TURNS]
        return tuple(
            TurnFigures(
                number,
                mean_of(self._seconds.get(number, [])),
                share_of(sum(self._asked.get(number, [])), len(self._asked.get(number, []))),
            )
            for number in numbers
        )

    def latencies(self) -> tuple[Latency, ...]:
        """What was measured at least once."""
        found = ((name, sorted(values)) for name, values in self._measured.items())
        return tuple(_latency(name, ordered) for name, ordered in found if ordered)


def _latency(name: str, ordered: Sequence[float]) -> Latency:
    p50, p90, p95, p99 = (percentile(ordered, share) for share in (0.5, 0.9, 0.95, 0.99))
    return Latency(
        name, len(ordered), fmean(ordered), p50, p90, p95, p99, ordered[-1], _ecdf(ordered)
    )


def _ecdf(ordered: Sequence[float]) -> tuple[tuple[float, float], ...]:
    n = len(ordered)
    if n <= _POINTS:
        return tuple((value, place / n) for place, value in enumerate(ordered, start=1))
    places = [round(n * step / _POINTS) for step in range(1, _POINTS + 1)]
    return ((ordered[0], 1 / n), *((ordered[place - 1], place / n) for place in places))
