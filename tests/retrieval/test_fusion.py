"""Fusion by hand-computed cases."""

from __future__ import annotations

import pytest

from townsfolk.retrieval.fusion import FUSIONS, RRF_K, dense_share, fuse

DENSE = [(1, 0.9), (2, 0.8), (3, 0.1)]
LEXICAL = [(2, 12.0), (4, 4.0), (1, 2.0)]


def order(scores: dict[int, float]) -> list[int]:
    return sorted(scores, key=lambda point: -scores[point])


def test_reciprocal_ranks_are_summed() -> None:
    scores = fuse("rrf", DENSE, LEXICAL)
    assert scores[2] == pytest.approx(0.5 / (RRF_K + 2) + 0.5 / (RRF_K + 1))
    assert scores[4] == pytest.approx(0.5 / (RRF_K + 2))
    assert order(scores)[0] == 2


def test_a_distribution_is_put_on_three_deviations_each_way() -> None:
    scores = fuse("dbsf", [(1, 3.0), (2, 1.0)], [])
    # Mean 2, deviation √2: (3 - 2 + 3√2) / 6√2 and its mirror image, at half weight.
    assert scores[1] == pytest.approx(0.5 * (0.5 + 1 / (6 * 2**0.5)))
    assert scores[1] + scores[2] == pytest.approx(0.5)


@pytest.mark.parametrize("fusion", FUSIONS)
def test_whoever_leads_both_halves_leads(fusion: str) -> None:
    scores = fuse(fusion, [(7, 0.9), (8, 0.5), (9, 0.1)], [(7, 9.0), (9, 8.0), (8, 1.0)])
    assert order(scores)[0] == 7


@pytest.mark.parametrize("fusion", FUSIONS)
def test_everything_that_either_half_found_has_a_score(fusion: str) -> None:
    assert fuse(fusion, DENSE, LEXICAL).keys() == {1, 2, 3, 4}


@pytest.mark.parametrize("fusion", FUSIONS)
@pytest.mark.parametrize(("dense", "lexical"), [([], []), (DENSE, []), ([], LEXICAL)])
def test_an_empty_half_leaves_the_order_of_the_other(
    fusion: str, dense: list[tuple[int, float]], lexical: list[tuple[int, float]]
) -> None:
    assert order(fuse(fusion, dense, lexical)) == [point for point, _ in [*dense, *lexical]]


@pytest.mark.parametrize("fusion", FUSIONS)
def test_equal_scores_do_not_divide_by_zero(fusion: str) -> None:
    scores = fuse(fusion, [(1, 0.5), (2, 0.5)], [(3, 2.0)])
    assert all(score >= 0 for score in scores.values())


def test_words_weigh_less_for_a_chunk_in_another_language() -> None:
    # Number 2 is what the words found, number 1 what the meaning found.
    dense, lexical = [(1, 0.9), (2, 0.2)], [(2, 9.0), (1, 1.0)]
    assert dense_share("ko", "ko") < dense_share("en", "en") < dense_share("en", "ko")
    own = fuse("language_aware", dense, lexical, share=lambda point: 0.4)
    other = fuse("language_aware", dense, lexical, share=lambda point: 0.9)
    assert order(own)[0] == 2
    assert order(other)[0] == 1


def test_a_name_that_sounds_alike_lifts_a_chunk_in_another_language() -> None:
    dense = [(1, 0.50), (2, 0.49), (3, 0.1)]
    scores = fuse("language_aware", dense, [], [(2, 6.0)])
    assert order(scores)[0] == 2


def test_an_unknown_fusion_is_named() -> None:
    with pytest.raises(ValueError, match="'sum'; there are: rrf, dbsf, weighted, language_aware"):
        fuse("sum", DENSE, LEXICAL)
