"""Means, percentiles, intervals and bins, against figures that are known."""

from __future__ import annotations

import math

import pytest

from townsfolk.simulations.report.bins import Bin, bins_of, ticks
from townsfolk.simulations.report.shown import duration, figure, percent
from townsfolk.simulations.report.spread import mean_of, percentile, share_of, spread_of


def test_percentiles_lie_between_neighbours() -> None:
    # As NumPy's default: of 1, 2, 3, 4 the median is 2.5, and the 95th percentile 3.85.
    assert percentile([1, 2, 3, 4], 0.5) == 2.5
    assert percentile([1, 2, 3, 4], 0.95) == pytest.approx(3.85)
    assert percentile([7], 0.99) == 7


def test_a_spread_of_nothing_is_nothing() -> None:
    assert spread_of([]) is None
    assert share_of(0, 0) is None
    assert mean_of([]) is None
    assert bins_of([]) == ()


def test_a_spread_tells_mean_median_and_percentiles() -> None:
    spread = spread_of([4, 1, 3, 2])
    assert spread is not None
    assert (spread.n, spread.mean, spread.median) == (4, 2.5, 2.5)
    assert [spread.p5, spread.p95] == pytest.approx([1.15, 3.85])
    assert (spread.least, spread.most) == (1, 4)


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [
        (8, 10, 0.4902, 0.9433),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (81, 263, 0.2553, 0.3662),
    ],
)
def test_the_interval_of_a_share_is_wilsons(count: int, n: int, low: float, high: float) -> None:
    # 81 of 263 is the example of Newcombe (1998), Statistics in Medicine 17.
    share = share_of(count, n)
    assert share is not None
    assert [share.low, share.high] == pytest.approx([low, high], abs=1e-4)


def test_the_interval_of_a_mean_is_two_standard_errors_wide() -> None:
    mean = mean_of([1, 2, 3])
    assert mean is not None
    assert mean.high - mean.mean == pytest.approx(1.96 / math.sqrt(3), abs=1e-3)
    alone = mean_of([5])
    assert alone is not None
    assert (alone.low, alone.high) == (5, 5)


def test_counts_have_a_bin_for_each_whole_number() -> None:
    assert bins_of([0, 0, 2]) == (Bin(-0.5, 0.5, 2), Bin(0.5, 1.5, 0), Bin(1.5, 2.5, 1))


def test_measures_have_bins_of_a_round_width() -> None:
    bins = bins_of([0.05 + number / 10 for number in range(20)])
    assert [one.count for one in bins] == [2] * 10
    assert bins[3].low == 0.6
    assert bins[3].high == 0.8


def test_a_share_of_one_lies_in_the_bin_that_ends_there() -> None:
    bins = bins_of([0.2, 0.4, 0.6, 0.8, 1.0])
    assert bins[-1].high == 1.0
    assert bins[-1].count == 1


def test_what_lies_far_off_shares_the_last_bin() -> None:
    bins = bins_of([1 + number / 1000 for number in range(999)] + [600.0])
    assert bins[-1].high is None
    assert bins[-1].low == pytest.approx(2.0, abs=0.1)
    assert sum(one.count for one in bins) == 1000


def test_equal_measures_share_one_bin() -> None:
    assert bins_of([0.5, 0.5]) == (Bin(0.5, 0.5, 2),)


def test_marks_are_round() -> None:
    assert ticks(0, 1) == [0, 0.2, 0.4, 0.6, 0.8, 1.0]
    assert ticks(1, 3, whole=True) == [1, 2, 3]
    assert ticks(4, 4) == [4]


def test_figures_have_three_digits() -> None:
    shown = [figure(value) for value in (0, 3, 1234.5, 98.76, 2.345, 0.1234, 0.00123)]
    assert shown == ["0", "3", "1,234", "98.8", "2.35", "0.123", "0.0012"]
    assert (percent(0.5), percent(1 / 3)) == ("50 %", "33.3 %")
    assert (duration(12.34), duration(600), duration(7500)) == ("12.3 s", "10 min", "2 h 5 min")
