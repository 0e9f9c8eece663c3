"""Means, percentiles and intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

_Z = 1.959963984540054
"""Standard deviations on either side of the mean that hold 95 % of a normal distribution."""


@dataclass(frozen=True, slots=True)
class Spread:
    """What a set of numbers is like."""

    n: int
    mean: float
    median: float
    p5: float
    p95: float
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Share:
    """How many of a number, with the Wilson 95 % interval."""

    n: int
    count: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean, with its 95 % interval by the normal distribution."""

    n: int
    mean: float
    low: float
    high: float


def percentile(ordered: Sequence[float], share: float) -> float:
    """The value below which a share of sorted numbers lies; between two it is interpolated."""
    place = (len(ordered) - 1) * share
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def spread_of(values: Sequence[float]) -> Spread | None:
    """What numbers are like; None where there are none."""
    if not values:
        return None
    ordered = sorted(values)
    p5, median, p95 = (percentile(ordered, share) for share in (0.05, 0.5, 0.95))
    return Spread(len(ordered), fmean(ordered), median, p5, p95, ordered[0], ordered[-1])


def share_of(count: int, n: int) -> Share | None:
    """A share with its interval (Wilson, 1927); None of nothing."""
    if not n:
        return None
    share = count / n
    centre = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    reach = _Z / (1 + _Z**2 / n) * math.sqrt(share * (1 - share) / n + _Z**2 / (4 * n * n))
    return Share(n, count, share, max(0.0, centre - reach), min(1.0, centre + reach))


def mean_of(values: Sequence[float]) -> Mean | None:
    """A mean with its interval, which one value alone does not have; None of nothing."""
    if not values:
        return None
    mean = fmean(values)
    reach = _Z * stdev(values) / math.sqrt(len(values)) if len(values) > 1 else 0.0
    return Mean(len(values), mean, mean - reach, mean + reach)
