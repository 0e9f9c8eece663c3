"""Cross-encoders: a real, tiny one in a folder, and what is said where there is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.tiny_cross_encoder import write_tiny_cross_encoder
from townsfolk.models.errors import ModelSetupError
from townsfolk.retrieval.rerank import RerankError
from townsfolk.retrieval.rerank_cross_encoder import (
    DEFAULT_MODEL,
    CrossEncoderReranker,
    open_cross_encoder,
)
from townsfolk.retrieval.rerank_models import supported_models

WORDS = "the toll at gate is two silver bell fell into pond 동문 통행세 은화 2닢 종 못"
TEXTS = [
    "the bell fell into the pond",
    "the toll at the gate is two silver",
    "동문 통행세 은화 2닢",
]


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty cache, and a machine on which any connection is a failed test."""

    def refuse(*address: Any, **options: Any) -> None:
        pytest.fail(f"it connects to {address}")

    monkeypatch.setenv("FASTEMBED_CACHE_PATH", str(tmp_path / "cache"))
    monkeypatch.setattr("socket.create_connection", refuse)
    monkeypatch.setattr("socket.getaddrinfo", refuse)


@pytest.mark.parametrize("file", ["onnx/model.onnx", "model.onnx", "exported/reranker.onnx"])
def test_a_model_in_a_folder_scores_each_text(tmp_path: Path, file: str) -> None:
    folder = write_tiny_cross_encoder(tmp_path / "Tiny", WORDS, file)
    reranker = CrossEncoderReranker(path=folder)
    assert reranker.name == "cross-encoder:Tiny"
    assert reranker.rerank("toll gate", TEXTS) == [0, 2, 0]
    assert reranker.rerank("동문 통행세", TEXTS) == [0, 0, 2]
    assert reranker.rerank("toll", []) == []


def test_more_texts_than_a_batch_and_queries_of_any_size(tmp_path: Path) -> None:
    reranker = CrossEncoderReranker(path=write_tiny_cross_encoder(tmp_path, WORDS))
    assert reranker.rerank("toll", TEXTS * 20) == [0, 1, 0] * 20
    assert reranker.rerank("", TEXTS) == [0, 0, 0]
    assert len(reranker.rerank("the toll " * 20_000, TEXTS)) == 3


def test_what_the_tokenizer_refuses_is_a_rerank_error(tmp_path: Path) -> None:
    reranker = CrossEncoderReranker(path=write_tiny_cross_encoder(tmp_path / "tiny", WORDS))
    with pytest.raises(RerankError, match="cross-encoder:tiny: "):
        reranker.rerank("half a pair: \ud83d", TEXTS)


def test_folders_whose_names_differ_by_case_alone_are_two_models(tmp_path: Path) -> None:
    known = write_tiny_cross_encoder(tmp_path / "tiny", "toll")
    unknown = write_tiny_cross_encoder(tmp_path / "TINY", "bell", "model.onnx")
    assert CrossEncoderReranker(path=known).rerank("toll", ["toll"]) == [1]
    assert CrossEncoderReranker(path=unknown).rerank("toll", ["toll"]) == [0]
    assert CrossEncoderReranker(path=known).rerank("toll", ["toll"]) == [1]


def test_a_folder_may_be_relative_to_the_town(tmp_path: Path) -> None:
    write_tiny_cross_encoder(tmp_path / "rerankers" / "tiny", WORDS)
    assert open_cross_encoder("rerankers/tiny", tmp_path).rerank("toll", TEXTS) == [0, 1, 0]


@pytest.mark.parametrize(
    ("missing", "told"),
    [
        ("tokenizer.json", "lacks tokenizer.json; "),
        ("tokenizer_config.json", "lacks tokenizer_config.json; "),
        ("onnx/model.onnx", r"lacks a model \(onnx/model.onnx\); "),
    ],
)
def test_an_incomplete_folder_is_told_with_what_it_lacks(
    tmp_path: Path, missing: str, told: str
) -> None:
    (write_tiny_cross_encoder(tmp_path, WORDS) / missing).unlink()
    with pytest.raises(ModelSetupError, match=told):
        CrossEncoderReranker(path=tmp_path)


@pytest.mark.parametrize("file", ["onnx/model.onnx", "tokenizer.json", "tokenizer_config.json"])
def test_a_broken_file_is_told(tmp_path: Path, file: str) -> None:
    (write_tiny_cross_encoder(tmp_path, WORDS) / file).write_bytes(b"not this")
    with pytest.raises(ModelSetupError, match="cannot be loaded: "):
        CrossEncoderReranker(path=tmp_path)


def test_no_folder_and_a_file_for_a_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(ModelSetupError, match="is not there"):
        CrossEncoderReranker(path=tmp_path / "nowhere")
    (tmp_path / "file").touch()
    with pytest.raises(ModelSetupError, match="is no folder"):
        open_cross_encoder("file", tmp_path)


def test_an_unknown_name_is_told_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ModelSetupError, match=f"did you mean '{DEFAULT_MODEL}'") as caught:
        open_cross_encoder("BAAI/bge-rerank-v2-m3", tmp_path)
    assert all(name in str(caught.value) for name in supported_models())


@pytest.mark.parametrize("named", ["", DEFAULT_MODEL, DEFAULT_MODEL.upper()])
@pytest.mark.usefixtures("no_network")
def test_nothing_is_fetched_that_nobody_asked_for(
    named: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ModelSetupError, match=f"{DEFAULT_MODEL} .*; give the folder"):
        open_cross_encoder(named, tmp_path)
    assert capfd.readouterr() == ("", "")


def test_fastembed_knows_the_default() -> None:
    assert DEFAULT_MODEL in supported_models()
