"""The Modelfile, and the model in Ollama."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.fake_ollama_create import fake_ollama_create
from townsfolk.finetune.config import Register
from townsfolk.finetune.errors import FinetuneError
from townsfolk.finetune.register.modelfile import modelfile, recipe
from townsfolk.finetune.register.step import register_step

CHATML_TEMPLATE = "{% for m in messages %}<|im_start|>{{ m.role }}…"


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    fused, adapter = tmp_path / "fused-f16.gguf", tmp_path / "adapter.gguf"
    fused.write_bytes(b"GGUF" + b"f" * 3_000_000)
    adapter.write_bytes(b"GGUF" + b"a" * 5000)
    return fused, adapter


def test_the_fused_file_is_registered_with_its_template(files: tuple[Path, Path]) -> None:
    settings = Register(name="n", system="Be yourself.", license="Apache-2.0",
                        parameters={"temperature": 0.4})  # fmt: skip
    text = modelfile(recipe(settings, files[0], files[1], CHATML_TEMPLATE))
    assert text.startswith(f"FROM {files[0]}\n")
    assert "ADAPTER" not in text
    assert 'TEMPLATE """{{- range .Messages }}<|im_start|>' in text
    assert 'PARAMETER stop "<|im_end|>"' in text
    assert "PARAMETER temperature 0.4" in text
    assert 'SYSTEM """Be yourself."""' in text
    assert 'LICENSE """Apache-2.0"""' in text


def test_a_base_of_ollamas_gets_the_adapter_and_the_template_of_its_training(
    files: tuple[Path, Path],
) -> None:
    settings = Register(base="llama3.1:8b")
    text = modelfile(recipe(settings, None, files[1], "<|start_header_id|>…"))
    assert text.startswith(f"FROM llama3.1:8b\nADAPTER {files[1]}\nTEMPLATE ")
    assert 'PARAMETER stop "<|eot_id|>"' in text
    # One that is not known here is Ollama's own.
    assert "TEMPLATE" not in modelfile(recipe(settings, None, files[1], "[INST]"))


@pytest.mark.parametrize(
    ("settings", "fused", "adapter", "template", "told"),
    [
        (Register(), False, True, CHATML_TEMPLATE, "gguf.fused: true"),
        (Register(base="llama3.1"), True, False, CHATML_TEMPLATE, "there is no adapter"),
        (Register(), True, True, "[INST]", "neither ChatML nor Llama 3"),
    ],
)
def test_what_cannot_be_registered_is_told(
    files: tuple[Path, Path],
    settings: Register,
    fused: bool,
    adapter: bool,
    template: str,
    told: str,
) -> None:
    with pytest.raises(FinetuneError, match=told):
        recipe(settings, files[0] if fused else None, files[1] if adapter else None, template)


def test_ollama_is_sent_each_file_once_and_told_what_to_make(
    files: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "register.part"
    folder.mkdir()
    notes: list[str] = []
    with fake_ollama_create() as (url, taken):
        monkeypatch.setenv("OLLAMA_HOST", url)
        settings = Register(name="llama-game-npc", quantize="q4_K_M")
        for _ in range(2):
            told = register_step(settings, *files, CHATML_TEMPLATE, folder, notes.append)
    assert told == {"registered": True, "model": "llama-game-npc", "host": url}
    assert taken.uploads == 1
    body = taken.created[0]
    assert body["model"] == "llama-game-npc"
    assert body["quantize"] == "q4_K_M"
    assert body["parameters"]["stop"] == ["<|im_start|>", "<|im_end|>"]
    assert [*body["files"]] == ["fused-f16.gguf"]
    assert taken.blobs[body["files"]["fused-f16.gguf"]] == files[0].stat().st_size
    assert any("TOWNSFOLK_NPC_MODEL=ollama_chat/llama-game-npc" in note for note in notes)


def test_an_adapter_goes_onto_a_base_of_ollamas(
    files: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fake_ollama_create() as (url, taken):
        monkeypatch.setenv("OLLAMA_HOST", url)
        register_step(Register(base="llama3.1:8b"), None, files[1], None, tmp_path, print)
    assert taken.created[0]["from"] == "llama3.1:8b"
    assert [*taken.created[0]["adapters"]] == ["adapter.gguf"]
    assert "template" not in taken.created[0]


def test_a_refusal_of_ollamas_is_told_with_its_reason(
    files: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fake_ollama_create() as (url, taken):
        taken.refusal = "unsupported architecture"
        monkeypatch.setenv("OLLAMA_HOST", url)
        with pytest.raises(FinetuneError, match="unsupported architecture"):
            register_step(Register(), *files, CHATML_TEMPLATE, tmp_path, print)


def test_without_ollama_the_command_for_later_is_told(
    files: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OLLAMA_HOST", "http://127.0.0.1:9")
    folder = tmp_path / "register.part"
    folder.mkdir()
    notes: list[str] = []
    told = register_step(Register(quantize="q8_0"), *files, CHATML_TEMPLATE, folder, notes.append)
    place = tmp_path / "register" / "Modelfile"
    assert told["registered"] is False
    assert told["command"] == f"ollama create llama-game-npc --quantize q8_0 -f {place}"
    assert told["command"] in notes[0]
    assert (folder / "Modelfile").is_file()
