"""Differences with their uncertainty."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

RESAMPLES = 2000
_LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Difference:
    """Tuned against base, over the same questions."""

    base: float
    tuned: float
    low: float
    high: float
    """The 95 % interval of the difference, by bootstrap over the questions (Efron, 1979)."""
    wins: int
    """Questions in which tuned is better, is as good, is worse."""
    ties: int
    losses: int
    questions: int

    @property
    def difference(self) -> float:
        """Tuned less base."""
        return self.tuned - self.base

    @property
    def shown(self) -> bool:
        """Whether the interval leaves out no difference at all."""
        return self.low > 0 or self.high < 0


def difference(
    base: Sequence[float], tuned: Sequence[float], better: int, seed: int = 0
) -> Difference | None:
    """The difference of two means over the same questions; None where there are none.

    Each value is a question's mean over its samples; the questions are resampled, not the samples,
    for those of one question are not independent.
    """
    if not base:
        return None
    pairs = list(zip(base, tuned, strict=True))
    generator = random.Random(seed)
    means = sorted(
        fmean(t - b for b, t in generator.choices(pairs, k=len(pairs))) for _ in range(RESAMPLES)
    )
    outside = (1 - _LEVEL) / 2
    gains = [better * (t - b) for b, t in pairs]
    return Difference(
        fmean(base),
        fmean(tuned),
        means[int(outside * RESAMPLES)],
        means[int((1 - outside) * RESAMPLES) - 1],
        wins=sum(gain > 0 for gain in gains),
        ties=sum(gain == 0 for gain in gains),
        losses=sum(gain < 0 for gain in gains),
        questions=len(pairs),
    )
