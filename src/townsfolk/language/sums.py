"""Sums and products that come out right."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import combinations

_MOST = 6
"""So many numbers are tried with one another; nobody adds up more in a line."""


def comes_out(value: int, parts: Iterable[int], counts: Collection[int] = ()) -> bool:
    """Whether a number is a sum or a difference of others, or one of them some times over."""
    numbers = list(parts)[-_MOST:]
    bundles = {part * count for part in numbers for count in counts} - set(numbers)
    if value in bundles:
        return True
    sums = {
        sum(some)
        for pool in (numbers, [*numbers, *bundles][:_MOST])
        for size in range(2, len(pool) + 1)
        for some in combinations(pool, size)
    }
    pairs = {abs(a - b) for a in {*numbers, *sums} for b in numbers if a != b}
    return value in sums or value in pairs
