"""Which models a comparison asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from townsfolk.finetune.comparison.models import (
    Made,
    base_name,
    open_named,
    profile_of,
    tuned_name,
)
from townsfolk.finetune.config import Compare, FinetuneConfig
from townsfolk.finetune.errors import FinetuneError
from townsfolk.models.errors import ModelSetupError
from townsfolk.models.profile import ModelProfile
from townsfolk.models.weights import embedded_weights

BASE, ADAPTER, FUSED = Path("base.gguf"), Path("adapter.gguf"), Path("fused.gguf")


def test_without_a_configuration_the_shipped_adapter_is_compared_with_the_bare_model() -> None:
    assert base_name(Compare(), None) == "embedded"
    assert tuned_name(Compare(), None).startswith("embedded+")


def test_what_was_made_is_compared_unless_the_configuration_names_models() -> None:
    made = Made(BASE, ADAPTER, FUSED)
    assert base_name(Compare(), made) == "base.gguf"
    assert tuned_name(Compare(), made) == "base.gguf+adapter.gguf"
    assert tuned_name(Compare(), Made(BASE, None, FUSED)) == "fused.gguf"
    named = Compare(base="ollama_chat/a", tuned="ollama_chat/b")
    assert (base_name(named, made), tuned_name(named, made)) == ("ollama_chat/a", "ollama_chat/b")


def test_an_adapter_stands_on_its_own_base_whatever_it_is_compared_with() -> None:
    made = Made(BASE, ADAPTER)
    assert tuned_name(Compare(base="ollama_chat/a"), made) == "base.gguf+adapter.gguf"
    with pytest.raises(FinetuneError, match=r"compare\.tuned"):
        tuned_name(Compare(base="ollama_chat/a"), Made(None, ADAPTER))


def test_what_cannot_be_compared_is_told() -> None:
    with pytest.raises(FinetuneError, match=r"compare\.base"):
        base_name(Compare(), Made())
    with pytest.raises(FinetuneError, match="nothing has been trained yet"):
        tuned_name(Compare(), Made(BASE))


def test_a_gguf_file_is_asked_as_its_configuration_says() -> None:
    config = FinetuneConfig.model_validate({"name": "t", "profile": "strong", "context": 4096})
    profile = profile_of(config)
    assert (profile.strength, profile.context) == ("strong", 4096)


@pytest.mark.model
def test_a_gguf_file_is_opened_with_the_adapter_named_beside_it(tmp_path: Path) -> None:
    weights = embedded_weights()
    opened = open_named(str(weights), ModelProfile(strength="strong", context=512))
    assert opened.name == weights.stem
    assert (opened.profile.strength, opened.profile.context) == ("strong", 512)
    with pytest.raises(ModelSetupError, match="no adapter"):
        open_named(f"{weights}+{weights}", None)
    with pytest.raises(ModelSetupError):
        open_named(str(tmp_path / "absent.gguf"), None)
