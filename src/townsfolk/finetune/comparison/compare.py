"""Two models, the same questions: what each answers, and what the difference is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import Any

from townsfolk.finetune.comparison.measures import MEASURES, Measure
from townsfolk.finetune.comparison.prompts import Asked, ask
from townsfolk.finetune.comparison.questions import Question
from townsfolk.finetune.comparison.sampling import Reply, answers
from townsfolk.finetune.comparison.statistics import Difference, difference
from townsfolk.finetune.errors import FinetuneError
from townsfolk.models.interface import Completer
from townsfolk.retrieval.index import LoreIndex
from townsfolk.town.town import Town

RAW, SPOKEN = "raw", "spoken"
"""The model's text as it comes; what the turn makes of it."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two models and its answers."""

    name: str
    replies: tuple[Reply, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that a comparison found."""

    town: str
    asked: tuple[Asked, ...]
    base: Side
    tuned: Side
    samples: int
    differences: Mapping[str, Mapping[str, Difference]]
    """By `raw` or `spoken`, then by measure; none of a kind of question that was not asked."""


def compare(
    town: Town,
    index: LoreIndex,
    questions: Sequence[Question],
    base: Completer,
    tuned: Completer,
    samples: int,
    temperature: float,
    seed: int,
    advance: Callable[[], None] = lambda: None,
) -> Comparison:
    """Ask both models everything; `advance` is called after each answer of either.

    Raises:
        FinetuneError: one model is weak and the other strong, so that their prompts would differ.
    """
    if base.profile.strength != tuned.profile.strength:
        raise FinetuneError(
            f"{base.name} is asked as a {base.profile.strength} model and {tuned.name} as a "
            f"{tuned.profile.strength} one; compare models of one strength (strength: in "
            "models.yaml, profile: in the configuration)"
        )
    asked = tuple(ask(town, index, question, tuned.profile) for question in questions)
    sides = [
        Side(
            model.name,
            tuple(answers(model, town, index, asked, samples, temperature, seed, advance)),
        )
        for model in (base, tuned)
    ]
    name = town.config.name.get(town.default_language)
    differences = {
        text: {
            measure.name: found
            for measure in MEASURES
            if (found := _difference(measure, text, town, asked, sides)) is not None
        }
        for text in (RAW, SPOKEN)
    }
    return Comparison(name, asked, sides[0], sides[1], samples, differences)


def _difference(
    measure: Measure, text: str, town: Town, asked: Sequence[Asked], sides: Sequence[Side]
) -> Difference | None:
    values: list[list[float]] = []
    for side in sides:
        values.append(
            [
                fmean(measure.holds(said, one, town) for said in _texts(reply, text))
                for one, reply in zip(asked, side.replies, strict=True)
                if one.question.kind in measure.kinds
            ]
        )
    return difference(values[0], values[1], measure.better)


def _texts(reply: Reply, text: str) -> tuple[str, ...]:
    return reply.said if text == RAW else (reply.spoken,)


def verdict(found: Difference, better: int) -> str:
    """What a difference says: better, worse, or that none is shown."""
    if not found.shown:
        return "no difference shown"
    return "better" if found.difference * better > 0 else "worse"


def as_json(comparison: Comparison) -> dict[str, Any]:
    """The figures and every line, for programs and for the page."""
    better = {measure.name: measure.better for measure in MEASURES}
    return {
        "town": comparison.town,
        "base": comparison.base.name,
        "tuned": comparison.tuned.name,
        "samples": comparison.samples,
        "questions": len(comparison.asked),
        "lore_questions": sum(one.question.kind == "lore" for one in comparison.asked),
        "given_by_search": sum(
            one.found and one.question.kind == "lore" for one in comparison.asked
        ),
        "spoken_by_model": {
            "base": fmean(reply.from_model for reply in comparison.base.replies),
            "tuned": fmean(reply.from_model for reply in comparison.tuned.replies),
        },
        "measures": {
            text: {
                name: {**asdict(found), "difference": found.difference,
                       "verdict": verdict(found, better[name])}
                for name, found in of_text.items()
            }
            for text, of_text in comparison.differences.items()
        },
        "lines": [
            {
                "npc": one.question.npc,
                "kind": one.question.kind,
                "ask": one.question.ask,
                "before": [line.model_dump() for line in one.question.before],
                "lore": [entry.text(one.question.language) for entry in one.given],
                "base": list(base.texts),
                "tuned": list(tuned.texts),
                "base_spoken": base.spoken,
                "tuned_spoken": tuned.spoken,
                "base_faults": list(base.faults),
                "tuned_faults": list(tuned.faults),
            }
            for one, base, tuned in zip(
                comparison.asked, comparison.base.replies, comparison.tuned.replies, strict=True
            )
        ],
    }  # fmt: skip
