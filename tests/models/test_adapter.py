"""Which adapter the embedded model loads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from townsfolk.models import adapter as module
from townsfolk.models.adapter import embedded_adapter
from townsfolk.models.embedded import EMBEDDED_NAME, embedded_name
from townsfolk.models.errors import ModelSetupError
from townsfolk.town.templates import PROMPT_VERSION


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An adapter as it would be shipped."""
    file = tmp_path / "shipped" / "npc.gguf"
    file.parent.mkdir()
    file.write_bytes(b"GGUF")
    (file.parent / "card.json").write_text(json.dumps({"prompt_version": PROMPT_VERSION}))
    monkeypatch.setattr(module, "SHIPPED", file)
    monkeypatch.delenv("TOWNSFOLK_ADAPTER", raising=False)
    monkeypatch.delenv("TOWNSFOLK_WEIGHTS", raising=False)
    return file


def test_the_shipped_adapter_is_loaded_by_itself(shipped: Path) -> None:
    assert embedded_adapter() == shipped
    assert embedded_name(shipped) == f"{EMBEDDED_NAME}+npc"


def test_none_turns_it_off(shipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOWNSFOLK_ADAPTER", "none")
    assert embedded_adapter() is None
    assert embedded_name(None) == EMBEDDED_NAME


def test_it_does_not_go_onto_other_weights(shipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOWNSFOLK_WEIGHTS", "other.gguf")
    assert embedded_adapter() is None


def test_one_of_an_older_prompt_form_is_refused(shipped: Path) -> None:
    (shipped.parent / "card.json").write_text(json.dumps({"prompt_version": "npc-turn/1"}))
    with pytest.raises(ModelSetupError, match=r"npc-turn/1, and this is .*TOWNSFOLK_ADAPTER=none"):
        embedded_adapter()


@pytest.mark.parametrize(
    ("content", "told"),
    [(None, "there is no such file"), (b"no model", "no GGUF file"), (b"GGUF", "damaged")],
)
def test_a_named_file_that_is_no_adapter_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, told: str
) -> None:
    file = tmp_path / "mine.gguf"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv("TOWNSFOLK_ADAPTER", str(file))
    with pytest.raises(ModelSetupError, match=told):
        embedded_adapter()
