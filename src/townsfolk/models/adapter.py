"""The adapter of the embedded model: what fine-tuning has taught it, in a small file beside it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from townsfolk.models.errors import ModelSetupError
from townsfolk.models.weights import WEIGHTS_VARIABLE, check_weights
from townsfolk.town.templates import PROMPT_VERSION

ADAPTER_VARIABLE = "TOWNSFOLK_ADAPTER"
NO_ADAPTER = "none"
SHIPPED = Path(__file__).parent / "shipped" / "smollm2-135m-npc.gguf"
CARD = "card.json"
"""What is known of the shipped adapter, beside it."""
PROMPT_VERSION_KEY = "townsfolk.prompt_version"
"""The metadata in which an adapter says for which form of the prompt it was trained."""


def embedded_adapter() -> Path | None:
    """The adapter that the embedded model loads; None for the model as it comes.

    `TOWNSFOLK_ADAPTER` names another one, or `none`. The one that is shipped fits the embedded
    weights alone, so with `TOWNSFOLK_WEIGHTS` there is none unless it is named.

    Raises:
        ModelSetupError: it is no adapter, or was trained on another form of the prompt.
    """
    named = os.environ.get(ADAPTER_VARIABLE, "").strip()
    if named == NO_ADAPTER:
        return None
    if named:
        path = Path(named)
        if not path.is_file():
            raise ModelSetupError(
                f"{ADAPTER_VARIABLE} names {named!r}, and there is no such file; "
                f"write the path of an adapter's GGUF file, or {NO_ADAPTER}"
            )
        check_adapter(path)
        return path
    if os.environ.get(WEIGHTS_VARIABLE) or not SHIPPED.is_file():
        return None
    card = json.loads((SHIPPED.parent / CARD).read_text(encoding="utf-8"))
    _require_version(SHIPPED, card["prompt_version"])
    return SHIPPED


def check_adapter(path: Path) -> None:
    """Look at an adapter before llama.cpp does.

    Raises:
        ModelSetupError: it is no adapter, or was trained on another form of the prompt.
    """
    check_weights(path)
    found = _metadata(path)
    if found.get("general.type") != "adapter":
        raise ModelSetupError(f"{path} is a GGUF file but no adapter")
    _require_version(path, found.get(PROMPT_VERSION_KEY))


def _require_version(path: Path, version: str | None) -> None:
    if version != PROMPT_VERSION:
        known = f"the prompt form {version}" if version else "a prompt form that it does not name"
        raise ModelSetupError(
            f"the adapter {path} was trained on {known}, and this is {PROMPT_VERSION}; train it "
            f"again (townsfolk finetune run CONFIG.yaml), or set {ADAPTER_VARIABLE}={NO_ADAPTER}"
        )


def _metadata(path: Path) -> dict[str, Any]:
    from gguf import GGUFReader

    try:
        reader = GGUFReader(path)
    except (OSError, ValueError, KeyError, IndexError) as error:
        raise ModelSetupError(f"the adapter {path} is damaged ({error}); get it again") from None
    return {
        key: field.contents()
        for key in ("general.type", PROMPT_VERSION_KEY)
        if (field := reader.get_field(key)) is not None
    }
