"""Metrics of rankings, with binary relevance."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import log2


def ndcg(ranking: Sequence[str], relevant: Collection[str], k: int) -> float:
    """Normalised discounted cumulated gain of the first k (Järvelin, Kekäläinen 2002), 0 to 1.

    A relevant one at rank r gains 1 / log2(r + 1), the discount that is usual today (theirs leaves
    rank 2 whole); the sum is divided by that of the best possible ranking.
    """
    found = sum(1 / log2(rank + 1) for rank in _ranks(ranking[:k], relevant))
    best = sum(1 / log2(rank + 1) for rank in range(1, min(k, len(set(relevant))) + 1))
    return found / best if best else 0.0


def recall(ranking: Sequence[str], relevant: Collection[str], k: int) -> float:
    """The share of the relevant ones that is among the first k."""
    wanted = set(relevant)
    return len(wanted & set(ranking[:k])) / len(wanted) if wanted else 0.0


def reciprocal_rank(ranking: Sequence[str], relevant: Collection[str]) -> float:
    """One divided by the rank of the first relevant one (Voorhees 1999); 0 where there is none."""
    ranks = _ranks(ranking, relevant)
    return 1 / ranks[0] if ranks else 0.0


def area_under_curve(positives: Sequence[float], negatives: Sequence[float]) -> float | None:
    """How often a positive scores higher than a negative, a tie being half (Hanley, McNeil 1982).

    It is the area under the ROC curve: 1 where the score tells them apart, 0.5 where it says
    nothing. None where one of the two is missing.
    """
    if not positives or not negatives:
        return None
    higher = sum(
        1.0 if positive > negative else 0.5 if positive == negative else 0.0
        for positive in positives
        for negative in negatives
    )
    return higher / (len(positives) * len(negatives))


def _ranks(ranking: Sequence[str], relevant: Collection[str]) -> list[int]:
    """The ranks of the relevant ones, each counted where it stands first."""
    first = {entry: rank for rank, entry in reversed([*enumerate(ranking, start=1)])}
    return sorted(first[entry] for entry in set(relevant) if entry in first)
