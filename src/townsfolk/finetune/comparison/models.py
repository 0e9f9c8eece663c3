"""Which two models a comparison asks, by their names, and how they are opened.

A name is `embedded` (the model as it comes), `embedded+ADAPTER.gguf`, `FILE.gguf`,
`FILE.gguf+ADAPTER.gguf`, or one as in TOWNSFOLK_NPC_MODEL, such as `ollama_chat/llama-game-npc`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from townsfolk.finetune.config import Compare, FinetuneConfig
from townsfolk.finetune.errors import FinetuneError
from townsfolk.models.adapter import SHIPPED, check_adapter
from townsfolk.models.deployments import named_model
from townsfolk.models.interface import Model
from townsfolk.models.opening import open_model
from townsfolk.models.profile import ModelProfile

EMBEDDED = "embedded"
_NAME_BOTH = (
    "the base is no GGUF file that runs here: name both models as compare.base and compare.tuned, "
    "such as ollama_chat/llama3.1:8b and ollama_chat/llama-game-npc"
)
_GGUF = re.compile(rf"({EMBEDDED}|.+?\.gguf)(?:\+(.+\.gguf))?")


@dataclass(frozen=True, slots=True)
class Made:
    """The files of a fine-tuning, those that there are."""

    base: Path | None = None
    """The base, where it is a GGUF file that runs here."""
    adapter: Path | None = None
    fused: Path | None = None


def base_name(settings: Compare, made: Made | None) -> str:
    """The base: what the configuration names, else its GGUF file; the embedded model without one.

    Raises:
        FinetuneError: the configuration names none, and the base is no GGUF file.
    """
    if settings.base:
        return settings.base
    if made is None:
        return EMBEDDED
    if made.base is None:
        raise FinetuneError(_NAME_BOTH)
    return str(made.base)


def tuned_name(settings: Compare, made: Made | None) -> str:
    """What came of it: what the configuration names, else the adapter on its base, else the fused
    model; the adapter that the embedded model ships with, without a configuration.

    Raises:
        FinetuneError: nothing has been trained yet, or it does not run here.
    """
    if settings.tuned:
        return settings.tuned
    if made is None:
        return f"{EMBEDDED}+{SHIPPED}"
    if made.adapter is not None and made.base is not None:
        return f"{made.base}+{made.adapter}"
    if made.fused is not None:
        return str(made.fused)
    if made.adapter is not None:
        raise FinetuneError(_NAME_BOTH)
    raise FinetuneError("nothing has been trained yet: townsfolk finetune run CONFIG.yaml")


def profile_of(config: FinetuneConfig) -> ModelProfile:
    """What a GGUF file of this configuration can do."""
    languages = tuple(config.data.languages)
    return ModelProfile(strength=config.profile, context=config.context, languages=languages)


def open_named(name: str, profile: ModelProfile | None) -> Model:
    """The model of a name; a GGUF file has this profile, or the embedded model's.

    Raises:
        ModelSetupError: it cannot be used, and what to do.
    """
    file = _GGUF.fullmatch(name)
    if file is None:
        return open_model(named_model("npc", name))
    from townsfolk.models.embedded import EMBEDDED_PROFILE, EmbeddedModel
    from townsfolk.models.weights import embedded_weights

    base, beside = file.groups()
    adapter = Path(beside) if beside else None
    if adapter is not None:
        check_adapter(adapter)
    if base == EMBEDDED:
        return EmbeddedModel(embedded_weights(), EMBEDDED_PROFILE, adapter)
    model = EmbeddedModel(Path(base), profile or EMBEDDED_PROFILE, adapter)
    model.name = "+".join(file.stem for file in (Path(base), adapter) if file is not None)
    return model
