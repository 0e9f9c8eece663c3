"""The metrics of rankings: cases worked out by hand, and what holds for every ranking."""

from __future__ import annotations

import random
from math import log2

import pytest

from townsfolk.retrieval.evaluation.metrics import area_under_curve, ndcg, recall, reciprocal_rank

RANKING = ["a", "b", "c", "d", "e", "f"]


@pytest.mark.parametrize(
    ("relevant", "k", "expected"),
    [
        (["a"], 10, 1.0),
        (["b"], 10, 1 / log2(3)),
        (["c"], 10, 0.5),
        (["c"], 2, 0.0),
        (["a", "b"], 10, 1.0),
        (["b", "d"], 10, (1 / log2(3) + 1 / log2(5)) / (1 + 1 / log2(3))),
        (["a", "missing"], 10, 1 / (1 + 1 / log2(3))),
        (["a", "b", "c"], 1, 1.0),
        (["missing"], 10, 0.0),
        ([], 10, 0.0),
    ],
)
def test_ndcg(relevant: list[str], k: int, expected: float) -> None:
    assert ndcg(RANKING, relevant, k) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("relevant", "k", "expected"),
    [
        (["a"], 5, 1.0),
        (["f"], 5, 0.0),
        (["a", "f"], 5, 0.5),
        (["a", "b", "missing"], 5, 2 / 3),
        ([], 5, 0.0),
    ],
)
def test_recall(relevant: list[str], k: int, expected: float) -> None:
    assert recall(RANKING, relevant, k) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("relevant", "expected"),
    [(["a"], 1.0), (["b", "f"], 0.5), (["f"], 1 / 6), (["missing"], 0.0), ([], 0.0)],
)
def test_reciprocal_rank(relevant: list[str], expected: float) -> None:
    assert reciprocal_rank(RANKING, relevant) == pytest.approx(expected)


def test_what_stands_twice_counts_once() -> None:
    assert ndcg(["a", "a", "b"], ["a"], 10) == 1.0
    assert ndcg(["a"], ["a", "a"], 10) == 1.0
    assert recall(["a", "a"], ["a", "a", "b"], 5) == 0.5


@pytest.mark.parametrize(
    ("positives", "negatives", "expected"),
    [
        ([3, 4], [1, 2], 1.0),
        ([1, 2], [3, 4], 0.0),
        ([1, 1], [1], 0.5),
        ([1, 3], [2], 0.5),
        ([2, 3], [1, 2], 3.5 / 4),
        ([0.1], [float("-inf")], 1.0),
        ([float("-inf")], [float("-inf")], 0.5),
    ],
)
def test_area_under_curve(positives: list[float], negatives: list[float], expected: float) -> None:
    assert area_under_curve(positives, negatives) == pytest.approx(expected)


def test_nothing_can_be_said_without_both_kinds() -> None:
    assert area_under_curve([], [1.0]) is None
    assert area_under_curve([1.0], []) is None


@pytest.mark.parametrize("seed", range(50))
def test_any_ranking(seed: int) -> None:
    chance = random.Random(seed)
    ranking = chance.sample(RANKING, len(RANKING))
    relevant = chance.sample([*RANKING, "missing"], chance.randint(1, 5))
    for k in range(1, 8):
        assert 0 <= ndcg(ranking, relevant, k) <= 1
        assert recall(ranking, relevant, k) <= recall(ranking, relevant, k + 1)
    ideal = [name for name in relevant if name in ranking]
    best = ideal + [name for name in ranking if name not in relevant]
    assert ndcg(best, relevant, 10) >= ndcg(ranking, relevant, 10)
    assert reciprocal_rank(best, relevant) >= reciprocal_rank(ranking, relevant)


@pytest.mark.parametrize("seed", range(20))
def test_the_area_is_the_same_for_any_rising_scale_and_turns_with_the_sides(seed: int) -> None:
    chance = random.Random(seed)
    positives = [chance.randint(0, 9) for _ in range(7)]
    negatives = [chance.randint(0, 9) for _ in range(5)]
    area = area_under_curve(positives, negatives)
    assert area is not None
    assert area == area_under_curve([2.0**p for p in positives], [2.0**n for n in negatives])
    turned = area_under_curve(negatives, positives)
    assert turned == pytest.approx(1 - area)
