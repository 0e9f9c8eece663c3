"""The adapter that comes with the program: what it was made of, and that it works."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from townsfolk.finetune.config import read_config
from townsfolk.models.adapter import CARD, SHIPPED, check_adapter, embedded_adapter
from townsfolk.models.embedded import EmbeddedModel
from townsfolk.models.interface import Message, Request
from townsfolk.models.weights import embedded_weights
from townsfolk.town.templates import PROMPT_VERSION

ROOT = Path(__file__).parent.parent.parent
CONFIG = ROOT / "finetune" / "configs" / "smollm2_135m.yaml"
CARD_OF_SHIPPED = json.loads((SHIPPED.parent / CARD).read_text(encoding="utf-8"))

PROMPT = (
    Message(
        "system",
        "You are Ada Penn, cooper of Larkmere. Barrels and bad jokes. You like to say: "
        "Roll along! Hoops and all. Answer as Ada Penn, in English, with one or two short spoken "
        "sentences and nothing else.",
    ),
    Message(
        "user",
        "What you know:\n- A herring barrel costs 14 pennies and holds nine stone of fish.\n"
        "the traveller: «what's a herring barrel going for?»\n"
        "(Answer the traveller in character, to what was just said.)",
    ),
)


def test_it_is_small_and_of_this_prompt_form() -> None:
    assert SHIPPED.stat().st_size < 12_000_000
    assert CARD_OF_SHIPPED["prompt_version"] == PROMPT_VERSION


def test_it_was_made_by_the_committed_configuration() -> None:
    assert CARD_OF_SHIPPED["config_file"] == "finetune/configs/smollm2_135m.yaml"
    assert CARD_OF_SHIPPED["train"] == read_config(CONFIG).train.model_dump()
    assert CARD_OF_SHIPPED["gguf"]["adapter_bytes"] == SHIPPED.stat().st_size


def test_its_card_tells_data_losses_comparison_and_what_was_tried() -> None:
    assert len(CARD_OF_SHIPPED["data_hash"]) == 64
    assert (
        CARD_OF_SHIPPED["trained"]["valid_loss"] < CARD_OF_SHIPPED["trained"]["valid_loss_before"]
    )
    assert CARD_OF_SHIPPED["compare"]["questions"] == 200
    told = (SHIPPED.parent / "model_card.md").read_text(encoding="utf-8")
    assert CARD_OF_SHIPPED["data_hash"] in told
    assert "## What was tried" in told


@pytest.mark.model
def test_the_embedded_model_uses_its_lore_with_it_and_not_without(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("TOWNSFOLK_ADAPTER", raising=False)
    check_adapter(SHIPPED)
    assert embedded_adapter() == SHIPPED
    request = Request(PROMPT, max_tokens=48, temperature=0.0, stop=("\n",), seed=1)
    said = []
    for adapter in (SHIPPED, None):
        model = EmbeddedModel(embedded_weights(), adapter=adapter)
        said.append(model.complete(request).text)
        model.close()
    assert "14" in said[0] or "fourteen" in said[0]
    assert said[0] != said[1]
