"""GGUF files: what is read from the embedded model, and what is written."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from townsfolk.finetune.errors import FinetuneError
from townsfolk.finetune.gguf_files import convert
from townsfolk.finetune.gguf_files.heads import to_gguf_order, to_hugging_face_order
from townsfolk.finetune.gguf_files.reading import open_gguf, value
from townsfolk.finetune.gguf_files.to_hugging_face import gguf_to_hugging_face
from townsfolk.finetune.gguf_files.writing import write_adapter, write_fused
from townsfolk.models.adapter import check_adapter
from townsfolk.models.errors import ModelSetupError
from townsfolk.models.log_probabilities import NextTokens
from townsfolk.models.weights import embedded_weights
from townsfolk.town.templates import PROMPT_VERSION

WORDS = [1, 9690, 198, 2683, 359, 253]


def test_the_order_of_heads_goes_there_and_back() -> None:
    rows = np.arange(24 * 5, dtype=np.float32).reshape(24, 5)
    there = to_gguf_order(rows, heads=3)
    assert not np.array_equal(there, rows)
    assert np.array_equal(to_hugging_face_order(there, heads=3), rows)
    # Neighbours turn together in GGUF: rows 0 and 4 of a head of 8 stand side by side.
    assert there[1].tolist() == rows[4].tolist()


def test_what_is_no_gguf_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "no.gguf").write_bytes(b"no model at all")
    with pytest.raises(FinetuneError, match=r"no\.gguf is no GGUF file"):
        open_gguf(tmp_path / "no.gguf")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The embedded model as a Hugging Face folder."""
    folder = tmp_path_factory.mktemp("base")
    gguf_to_hugging_face(embedded_weights(), folder)
    return folder


@pytest.mark.model
def test_the_embedded_model_becomes_a_folder_with_its_tokenizer(base: Path) -> None:
    from tokenizers import Tokenizer

    config = json.loads((base / "config.json").read_text())
    assert config["num_hidden_layers"] == 30
    assert config["tie_word_embeddings"] is True
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    text = "<|im_start|>user\nIt's 120 silver… Où?<|im_end|>"
    tokens = tokenizer.encode(text).ids
    assert tokens[0] == 1
    assert tokenizer.decode(tokens, skip_special_tokens=False) == text


@pytest.mark.model
def test_the_folder_written_back_expects_what_the_file_does(base: Path, tmp_path: Path) -> None:
    write_fused(base, embedded_weights(), tmp_path / "again.gguf", PROMPT_VERSION)
    first = NextTokens(embedded_weights(), None, 256).after(WORDS, 5)
    again = NextTokens(tmp_path / "again.gguf", None, 256).after(WORDS, 20)
    assert max(first, key=first.__getitem__) == max(again, key=again.__getitem__)
    # llama.cpp reckons quantized weights with less precision than half-precision ones.
    assert all(abs(probability - again[token]) < 0.5 for token, probability in first.items())
    reader = open_gguf(tmp_path / "again.gguf")
    assert value(reader, "tokenizer.chat_template") == value(
        open_gguf(embedded_weights()), "tokenizer.chat_template"
    )


def adapter_folder(folder: Path, strength: float, kind: str = "lora") -> Path:
    """An adapter as `mlx_lm` writes it, of one layer's query weights."""
    from safetensors.numpy import save_file

    generator = np.random.default_rng(1)
    a = generator.normal(size=(576, 4)).astype(np.float32) / 24
    b = generator.normal(size=(4, 576)).astype(np.float32) * strength
    name = "model.layers.29.self_attn.q_proj"
    folder.mkdir(exist_ok=True)
    save_file({f"{name}.lora_a": a, f"{name}.lora_b": b}, folder / "adapters.safetensors")
    settings = {"fine_tune_type": kind, "num_layers": 30,
                "lora_parameters": {"rank": 4, "scale": 2.0, "dropout": 0.0}}  # fmt: skip
    (folder / "adapter_config.json").write_text(json.dumps(settings))
    return folder


@pytest.mark.model
def test_an_adapter_changes_what_is_expected_and_one_of_zeros_does_not(
    base: Path, tmp_path: Path
) -> None:
    without = NextTokens(embedded_weights(), None, 256).after(WORDS, 5)
    found = {}
    for name, strength in (("zero", 0.0), ("strong", 1.0)):
        folder = adapter_folder(tmp_path / name, strength)
        write_adapter(folder, base, tmp_path / f"{name}.gguf", PROMPT_VERSION)
        check_adapter(tmp_path / f"{name}.gguf")
        found[name] = NextTokens(embedded_weights(), tmp_path / f"{name}.gguf", 256).after(WORDS, 5)
    assert found["zero"] == pytest.approx(without, abs=1e-3)
    assert found["strong"] != pytest.approx(without, abs=1e-3)


@pytest.mark.model
def test_dora_has_no_adapter_in_gguf(base: Path, tmp_path: Path) -> None:
    folder = adapter_folder(tmp_path / "dora", 1.0, kind="dora")
    with pytest.raises(FinetuneError, match="use the fused model"):
        write_adapter(folder, base, tmp_path / "dora.gguf", PROMPT_VERSION)


@pytest.mark.model
def test_an_adapter_of_another_prompt_form_is_refused(base: Path, tmp_path: Path) -> None:
    folder = adapter_folder(tmp_path / "old", 0.1)
    write_adapter(folder, base, tmp_path / "old.gguf", "npc-turn/1")
    with pytest.raises(
        ModelSetupError, match=r"trained on the prompt form npc-turn/1, and this is"
    ):
        check_adapter(tmp_path / "old.gguf")


@pytest.mark.model
def test_a_model_is_no_adapter() -> None:
    with pytest.raises(ModelSetupError, match="no adapter"):
        check_adapter(embedded_weights())


def test_the_converter_runs_in_its_own_environment_where_it_has_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    monkeypatch.setattr(convert, "run_command", lambda command, _: ran.append(command[0]))
    (tmp_path / "convert_hf_to_gguf.py").touch()
    convert.convert(tmp_path, tmp_path / "a.gguf", str(tmp_path))
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    convert.convert(tmp_path, tmp_path / "a.gguf", str(tmp_path))
    assert ran == [sys.executable, str(python)]
