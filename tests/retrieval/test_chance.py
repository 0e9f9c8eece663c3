"""Hits that are no nearer to a question than what everyday questions find by chance."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from townsfolk.retrieval.chance import everyday_vectors, nearest_by_chance
from townsfolk.retrieval.index import LoreIndex
from townsfolk.town.town import Town

pytestmark = pytest.mark.model

OWN = [
    "how much does the iron sword cost",
    "who rings the bells of the tower",
    "what is the Grey Mist",
]
FOREIGN = ["how deep is the harbour of Marseille", "who won the sheep race in August",
           "what does a fleece fetch in Kestrel Hollow"]  # fmt: skip


def best(index: LoreIndex, question: str) -> bool:
    hits = index.search(question, "merchant", 1, language="en", hearers=["player"])
    return index.by_chance(hits[0], "en")


def test_a_question_about_the_town_finds_more_than_chance_and_one_about_another_does_not(
    town: Town, index: LoreIndex
) -> None:
    assert [question for question in OWN if best(index, question)] == []
    assert sum(best(index, question) for question in FOREIGN) >= 2


def test_what_is_shipped_is_what_the_model_gives(index: LoreIndex, tmp_path: Path) -> None:
    embedder = index.built.embedder
    assert embedder is not None
    shipped = everyday_vectors(embedder, tmp_path)
    assert not list(tmp_path.iterdir())
    again = embedder.query("how much does a loaf of bread cost")
    assert max(float(row @ again) for row in shipped["en"]) == pytest.approx(1.0, abs=0.01)


def test_each_language_has_its_own_chance(index: LoreIndex) -> None:
    assert set(index.built.by_chance) == {"en", "ko"}
    assert all(0.0 < near < 1.0 for near in index.built.by_chance.values())
    vectors = {"en": np.eye(3, dtype=np.float32)}
    assert nearest_by_chance(vectors, [], np.zeros((0, 3), np.float32), None) == {}
