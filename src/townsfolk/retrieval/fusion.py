"""Fusion: one order out of the dense and the lexical one.

Each way gives a score to everything that either half found; higher is better, and scores of
different ways or queries do not compare.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

RRF_K = 60
"""The constant of reciprocal rank fusion (Cormack, Clarke, Büttcher 2009); Qdrant's own is 2."""
FUSIONS = ("rrf", "dbsf", "weighted", "language_aware")

_RARE = 6.5
"""The inverse document frequency, ln((1000 - 1 + 0.5) / (1 + 0.5) + 1), of such a name."""

Leg = Sequence[tuple[int, float]]
"""Points and their scores, best first."""
Scores = dict[int, float]


@dataclass(frozen=True, slots=True)
class Weights:
    """The dense half's share, between 0 and 1, and what a sound counts.

    Tuned on a town apart from the sample, whose lore is in either language only.
    """

    own: float = 0.7
    """For chunks in the query's language."""
    other: float = 0.92
    """For chunks in another language, with which a query shares few words."""
    sounds: float = 0.3
    """For a chunk in another language with a name that sounds like one in the query."""


def fuse(
    fusion: str,
    dense: Leg,
    lexical: Leg,
    sounds: Leg = (),
    own: Callable[[int], bool] = lambda point: True,
    weights: Weights | None = None,
) -> Scores:
    """The scores of all points that were found, by one of `FUSIONS`.

    `own` tells whether a point is in the query's language. Only `language_aware` looks at it, and
    at the sounds.
    """
    weights = weights or Weights()
    match fusion:
        case "rrf":
            return _summed([(_ranked(dense), 1.0), (_ranked(lexical), 1.0)])
        case "dbsf":
            return _summed([(_by_distribution(dense), 0.5), (_by_distribution(lexical), 0.5)])
        case "weighted":
            share = weights.own
            return _summed(
                [(_by_distribution(dense), share), (_by_distribution(lexical), 1 - share)]
            )
        case "language_aware":
            return _language_aware(dense, lexical, sounds, own, weights)
    raise ValueError(f"unknown fusion {fusion!r}; there are: {', '.join(FUSIONS)}")


def _summed(legs: Sequence[tuple[Mapping[int, float], float]]) -> Scores:
    scores: Scores = {}
    for leg, weight in legs:
        for point, score in leg.items():
            scores[point] = scores.get(point, 0.0) + weight * score
    return scores


def _language_aware(
    dense: Leg, lexical: Leg, sounds: Leg, own: Callable[[int], bool], weights: Weights
) -> Scores:
    """A weighted sum whose weights depend on whether query and chunk are in one language."""
    meant, worded, sounding = _by_distribution(dense), _by_distribution(lexical), _highest(sounds)
    scores: Scores = {}
    for point in meant.keys() | worded.keys() | sounding.keys():
        share = weights.own if own(point) else weights.other
        scores[point] = (
            share * meant.get(point, 0.0)
            + (1 - share) * worded.get(point, 0.0)
            + weights.sounds * sounding.get(point, 0.0)
        )
    return scores


def _ranked(leg: Leg) -> Scores:
    return {point: 1 / (RRF_K + rank) for rank, (point, _) in enumerate(leg, start=1)}


def _highest(leg: Leg) -> Scores:
    """Scores as a share of the score of a name that stands once in a thousand texts."""
    return {point: min(1.5, score / _RARE) for point, score in leg}


def _by_distribution(leg: Leg) -> Scores:
    """Scores on a scale from three deviations below their mean to three above.

    Distribution-based score fusion (Mazzeschi 2023), as in Qdrant.
    """
    values = [score for _, score in leg]
    deviation = stdev(values) if len(values) > 1 else 0.0
    if not deviation:
        return {point: 0.5 for point, _ in leg}
    low = fmean(values) - 3 * deviation
    return {point: (score - low) / (6 * deviation) for point, score in leg}
