"""When each turn of an episode was, in seconds since 1970."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from townsfolk.store.records import Episode


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when."""

    start: float
    end: float


def turn_times(episode: Episode) -> Mapping[int, Span]:
    """When each turn was, by its number.

    A turn that nobody timed begins where the one before it ended.
    """
    told = episode.transcript.started_at or episode.finished_at
    at, found = seconds_of(told), dict[int, Span]()
    for turn in episode.transcript.turns:
        start = turn.timing.began or at
        at = start + max(turn.timing.seconds, 0.0)
        found[turn.number] = Span(start, at)
    return found


def seconds_of(moment: str) -> float:
    """Seconds since 1970 of an ISO 8601 time; 0 of none. UTC where it names no zone."""
    try:
        read = datetime.datetime.fromisoformat(moment)
    except ValueError:
        return 0.0
    return (read if read.tzinfo else read.replace(tzinfo=datetime.UTC)).timestamp()


def moment_of(seconds: float) -> str:
    """The same as ISO 8601 with milliseconds, as Langfuse's API wants it."""
    read = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    return f"{read:%Y-%m-%dT%H:%M:%S}.{read.microsecond // 1000:03d}Z"
