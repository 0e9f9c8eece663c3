"""The words of Korean chunks are cut once for each text."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from townsfolk.language.tokens import analyser_version, korean_words
from townsfolk.retrieval import words as module
from townsfolk.retrieval.chunks import Chunk, chunks_of
from townsfolk.retrieval.words import ship_words, words_for
from townsfolk.town.town import Town

pytestmark = pytest.mark.skipif(analyser_version() is None, reason="no analyser, nothing kept")


@pytest.fixture
def chunks(town: Town) -> list[Chunk]:
    return chunks_of(town.lore, ["en", "ko"])


@pytest.fixture
def cut(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that are cut into words."""
    told: list[str] = []

    def counting(text: str) -> str:
        told.append(text)
        return korean_words(text)

    monkeypatch.setattr(module, "korean_words", counting)
    return told


def test_words_are_those_of_each_text(tmp_path: Path, chunks: list[Chunk]) -> None:
    few = chunks[:6]
    assert words_for(tmp_path, few) == [korean_words(chunk.text) for chunk in few]


def test_only_a_changed_korean_text_is_cut_again(
    tmp_path: Path, chunks: list[Chunk], cut: list[str]
) -> None:
    few = chunks[:10]
    words_for(tmp_path, few)
    assert len(cut) == 5
    cut.clear()
    changed = replace(few[1], text="등불을 밧줄에 매단다.")
    assert words_for(tmp_path, [few[0], changed, *few[2:]])[1] == "등 불 밧 줄 매"
    assert cut == ["등불을 밧줄에 매단다."]


def test_the_samples_words_are_shipped_and_current(
    repository: Path, tmp_path: Path, chunks: list[Chunk], cut: list[str]
) -> None:
    shutil.copytree(repository / "knowledge" / "vectors", tmp_path / "knowledge" / "vectors")
    words_for(tmp_path, chunks)
    assert cut == []


@pytest.mark.parametrize("content", ["", "[]", '{"a": 1}', "{", "\x00", "[" * 100_000])
def test_a_damaged_file_is_made_again(tmp_path: Path, chunks: list[Chunk], content: str) -> None:
    file = ship_words(tmp_path, chunks[:4])
    assert file is not None
    file.write_text(content)
    assert words_for(tmp_path, chunks[:4]) == [korean_words(chunk.text) for chunk in chunks[:4]]


def test_words_are_cut_where_they_cannot_be_kept(tmp_path: Path, chunks: list[Chunk]) -> None:
    (tmp_path / ".townsfolk").write_text("a file in the way of the cache")
    assert len(words_for(tmp_path, chunks[:4])) == 4
