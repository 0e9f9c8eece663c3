"""Round steps, and the bins of a histogram."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from townsfolk.simulations.report.spread import percentile

_BINS = 16
"""About so many."""
_COUNTED_SINGLY = 20
"""A range of whole numbers that is no wider has a bin for each."""


@dataclass(frozen=True, slots=True)
class Bin:
    """How many values are at least `low` and below `high`; all from `low` on where that is None.

    The highest value of all may be the end of its bin.
    """

    low: float
    high: float | None
    count: int


def round_step(step: float) -> float:
    """The next larger of 1, 2, 5, 10, 20 and so on, and of 0.5, 0.2, 0.1 and so on."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= step * (1 - 1e-9))


def ticks(low: float, high: float, whole: bool = False, count: int = 5) -> list[float]:
    """Round numbers from `low` to `high`, about so many; `whole`: none between whole numbers."""
    if high <= low:
        return [low]
    step = round_step((high - low) / count)
    if whole:
        step = max(1.0, step)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(number * step, 10) for number in range(first, last + 1)]


def bins_of(values: Sequence[float]) -> tuple[Bin, ...]:
    """The bins of a histogram of round widths.

    Where a few values lie far above all others, the last bin holds them all, so that they do not
    press the rest into one.
    """
    if not values:
        return ()
    ordered = sorted(values)
    whole = all(value == int(value) for value in ordered)
    if whole and ordered[-1] - ordered[0] <= _COUNTED_SINGLY:
        return tuple(_single(ordered))
    if ordered[0] == ordered[-1]:
        return (Bin(ordered[0], ordered[0], len(ordered)),)
    top = _top(ordered)
    width = round_step((top - ordered[0]) / _BINS)
    if whole:
        width = max(1.0, width)
    first, last = _place(ordered[0], width), _place(top, width)
    if math.isclose(last * width, top) and last > first:
        # A share of 1 needs no bin of its own.
        last -= 1
    counts = Counter(
        min(_place(value, width), last if value <= top else last + 1) for value in ordered
    )
    found = [
        Bin(round(place * width, 10), round((place + 1) * width, 10), counts[place])
        for place in range(first, last + 1)
    ]
    if counts[last + 1]:
        found.append(Bin(round((last + 1) * width, 10), None, counts[last + 1]))
    return tuple(found)


def _single(ordered: Sequence[float]) -> Iterator[Bin]:
    counts = Counter(ordered)
    for value in range(int(ordered[0]), int(ordered[-1]) + 1):
        yield Bin(value - 0.5, value + 0.5, counts[float(value)])


def _top(ordered: Sequence[float]) -> float:
    """Where the bins end: at the last value, or before those that are far off."""
    usual = percentile(ordered, 0.99)
    far = ordered[-1] - ordered[0] > 2 * (usual - ordered[0]) > 0
    return usual if far else ordered[-1]


def _place(value: float, width: float) -> int:
    return math.floor(value / width + 1e-9)
