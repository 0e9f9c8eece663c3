"""Fusion: one order out of the dense and the lexical one.

Each way gives a score to everything that either half found; higher is better, and scores of
different ways or queries do not compare.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import fmean, stdev

RRF_K = 60
"""The constant of reciprocal rank fusion (Cormack, Clarke, Büttcher 2009); Qdrant's own is 2."""
FUSIONS = ("rrf", "dbsf", "weighted", "language_aware")

_RARE = 6.5
"""What the score of a sound is measured by: the inverse document frequency of a name that stands
once in a thousand texts, ln((1000 - 1 + 0.5) / (1 + 0.5) + 1)."""
_LOUDEST = 1.5

Leg = Sequence[tuple[int, float]]
"""Points and their scores, best first."""
Scores = dict[int, float]


Share = Callable[[int], float]
"""How much of a point's score the dense half gives, between 0 and 1; the words give the rest."""

OWN_LANGUAGE = {"en": 0.75, "ko": 0.55}
"""The dense share for chunks in the query's language: over Korean morphemes the words tell more."""
OTHER_LANGUAGE = 0.92
"""For chunks in another language, with which a query shares few words."""
SOUNDS = 0.3
"""What it counts that a name in a chunk of another language sounds like one in the query."""


def dense_share(query_language: str, chunk_language: str) -> float:
    """The dense share of a chunk.

    Tuned on two worlds apart from the sample town, whose lore is in either language only.
    """
    if query_language != chunk_language:
        return OTHER_LANGUAGE
    return OWN_LANGUAGE.get(query_language, OWN_LANGUAGE["en"])


def fuse(
    fusion: str,
    dense: Leg,
    lexical: Leg,
    sounds: Leg = (),
    share: Share = lambda point: OWN_LANGUAGE["en"],
) -> Scores:
    """The scores of all points that were found, by one of `FUSIONS`.

    `rrf` and `dbsf` weigh both halves the same; `weighted` and `language_aware` by the share, and
    only `language_aware` looks at the sounds.
    """
    match fusion:
        case "rrf":
            return _summed(_ranked(dense), _ranked(lexical), lambda point: 0.5)
        case "dbsf":
            return _summed(_by_distribution(dense), _by_distribution(lexical), lambda point: 0.5)
        case "weighted":
            return _summed(_by_distribution(dense), _by_distribution(lexical), share)
        case "language_aware":
            scores = _summed(_by_distribution(dense), _by_distribution(lexical), share)
            for point, score in sounds:
                scores[point] = scores.get(point, 0.0) + SOUNDS * min(_LOUDEST, score / _RARE)
            return scores
    raise ValueError(f"unknown fusion {fusion!r}; there are: {', '.join(FUSIONS)}")


def _summed(dense: Scores, lexical: Scores, share: Share) -> Scores:
    return {
        point: share(point) * dense.get(point, 0.0) + (1 - share(point)) * lexical.get(point, 0.0)
        for point in dense.keys() | lexical.keys()
    }


def _ranked(leg: Leg) -> Scores:
    return {point: 1 / (RRF_K + rank) for rank, (point, _) in enumerate(leg, start=1)}


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
