"""A score as the event that Langfuse's ingestion takes."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from townsfolk.store.langfuse.score_configs import config_of
from townsfolk.store.records import Episode, Score, digest
from townsfolk.store.tracing.clock import moment_of, seconds_of, turn_times
from townsfolk.store.tracing.identity import trace_id
from townsfolk.store.tracing.traces import is_traced


@dataclass(frozen=True, slots=True)
class ScoreEvent:
    """A score, ready to be sent."""

    id: str
    """Of the score: sending it again replaces it."""
    event_id: str
    """Of this value of it."""
    payload: bytes
    score: Score


def score_events(episode: Episode, environment: str) -> Iterator[ScoreEvent]:
    """The scores of an episode: on its session, or on the trace of the turn that they are about."""
    traced = {turn.number for turn in episode.transcript.turns if is_traced(turn)}
    times = turn_times(episode)
    for score in episode.scores:
        known = score.turn is not None and score.turn in times
        at = times[score.turn].end if known and score.turn else seconds_of(episode.finished_at)
        body: dict[str, Any] = {
            "id": score_id(episode, score),
            "name": score.name,
            # What is no number is refused before it is sent; JSON has no word for it.
            "value": score.value if math.isfinite(score.value) else None,
            "dataType": config_of(score.name).data_type,
            "comment": score.reason or None,
            "environment": environment,
            "metadata": {
                "evaluator": score.evaluator, "version": score.version, "turn": score.turn,
            },
        }  # fmt: skip
        if score.turn in traced:
            body["traceId"] = trace_id(episode.id, score.turn or 0)
        else:
            body["sessionId"] = episode.id
        yield _event(body, moment_of(at), score)


def score_id(episode: Episode, score: Score) -> str:
    """The same as in the store."""
    named = (score.name, score.evaluator, score.version, str(score.turn))
    return digest(episode.id, *named)[:32]


def _event(body: dict[str, Any], timestamp: str, score: Score) -> ScoreEvent:
    # Langfuse replaces a score only where id, name and day are the same: not the time of sending.
    told = {key: value for key, value in body.items() if value is not None}
    event: dict[str, Any] = {"type": "score-create", "timestamp": timestamp, "body": told}
    event_id = digest(json.dumps(event, sort_keys=True))
    # A judge may write half of a character, which no UTF-8 can hold.
    payload = json.dumps({"id": event_id, **event}, ensure_ascii=False).encode("utf-8", "replace")
    return ScoreEvent(body["id"], event_id, payload, score)
