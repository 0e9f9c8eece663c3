"""What a turn becomes: one trace, with an observation for each part of the work."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from townsfolk.store.records import Score
from townsfolk.store.tracing.clock import Span, moment_of
from townsfolk.town.transcript import CrewSpan, Turn

Kind = Literal[
    "span", "retriever", "generation", "guardrail", "tool", "evaluator", "chain", "agent"
]
ROOT = "turn"
"""The part, and the name, of the observation that holds the others."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One part of the work on a turn."""

    part: str
    """Its name within the turn; its id is made from it."""
    kind: Kind
    name: str
    times: Span
    input: str = ""
    output: str = ""
    warning: str = ""
    """What is wrong with it, where something is."""
    metadata: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, str] = field(default_factory=dict)
    """Attributes that only its kind has, as Langfuse names them."""


def observations(
    turn: Turn, said: str, model: str, times: Span, scores: Sequence[Score]
) -> Iterator[Observation]:
    """The observations of a turn, the root first. `said` is what the others said before it."""
    yield Observation(ROOT, "span", ROOT, times, said, turn.speech, metadata=_about(turn))
    searched = min(times.start + turn.timing.retrieval_seconds, times.end)
    if turn.lore or turn.timing.retrieval_seconds:
        found = Span(times.start, searched)
        yield Observation("retriever", "retriever", "lore", found, said, as_json(turn.lore))
    if turn.calls:
        yield _generation(turn, said, model, Span(searched, times.end))
    after = Span(times.end, times.end)
    for number, fault in enumerate(turn.faults):
        yield Observation(
            f"guardrail:{number}", "guardrail", fault.rule, after, output=fault.detail,
            warning=fault.detail or fault.rule, metadata={"origin": turn.origin},
        )  # fmt: skip
    for number, action in enumerate(turn.game_actions):
        yield Observation(
            f"tool:{number}", "tool", action.name, after, as_json(action.arguments),
            "accepted" if action.accepted else "refused",
            "" if action.accepted else action.reason or "refused",
        )  # fmt: skip
    for score in scores:
        named = f"{score.name}:{score.evaluator}:{score.version}"
        yield Observation(
            f"score:{named}", "evaluator", score.name, after, turn.speech,
            as_json({"value": score.value, "reason": score.reason}),
            metadata={"evaluator": score.evaluator, "version": score.version},
        )  # fmt: skip


_CREW: Mapping[str, Kind] = {"task": "chain", "agent": "agent", "tool": "tool"}
"""Langfuse's kinds of CrewAI's parts; tokens are counted on the generation alone."""


def crew_observations(spans: Sequence[CrewSpan], turn: Turn, times: Span) -> Iterator[Observation]:
    """What CrewAI did for a turn; `spans` are those of its whole scene."""
    tasks = (turn.beat, f"reply_{turn.number}")
    for number, span in enumerate(spans):
        took = Span(span.began, span.began + max(span.seconds, 0.0))
        if span.task in tasks and took.start <= times.end and took.end >= times.start:
            yield Observation(
                f"crew:{number}", _CREW.get(span.name, "span"), f"crewai.{span.name}", took,
                warning=span.error, metadata={"task": span.task},
            )  # fmt: skip


def as_json(value: Any) -> str:
    """JSON as Langfuse shows it: Korean stays readable."""
    return json.dumps(value, ensure_ascii=False)


def _generation(turn: Turn, said: str, model: str, times: Span) -> Observation:
    """All calls of the model together; what each alone used is not kept."""
    used = {"input": turn.prompt_tokens, "output": turn.completion_tokens}
    used["total"] = sum(used.values())
    more = {
        "langfuse.observation.model.name": model,
        "langfuse.observation.usage_details": as_json(used),
    }
    if (first := turn.timing.first_token_seconds) is not None:
        began = min(times.start + first, times.end)
        more["langfuse.observation.completion_start_time"] = moment_of(began)
    return Observation(
        "generation", "generation", "generation", times, said,
        turn.speech if turn.origin == "model" else "",
        metadata={"calls": str(turn.calls)}, more=more,
    )  # fmt: skip


def _about(turn: Turn) -> dict[str, str]:
    about = {
        "origin": turn.origin,
        "to": turn.to or "",
        "beat": turn.beat or "",
        "place": turn.place,
        "stage": turn.stage,
        "citations": ", ".join(turn.citations),
    }
    return {name: value for name, value in about.items() if value}
