"""The step that compares the base with what came of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from townsfolk.finetune.comparison.compare import Comparison, as_json, compare
from townsfolk.finetune.comparison.page import page
from townsfolk.finetune.comparison.questions import limited, read_questions
from townsfolk.finetune.config import Compare, FinetuneConfig
from townsfolk.finetune.errors import FinetuneError
from townsfolk.models.deployments import named_model
from townsfolk.models.interface import Model
from townsfolk.models.opening import open_model
from townsfolk.models.profile import ModelProfile
from townsfolk.retrieval.index import LoreIndex
from townsfolk.town.town import Town

FIGURES, PAGE = "comparison.json", "comparison.html"


def compare_step(
    config: FinetuneConfig,
    town: Town,
    base_gguf: Path | None,
    adapter: Path | None,
    fused: Path | None,
    folder: Path,
    progress: Callable[[float, float, str], None],
) -> Mapping[str, Any]:
    """Compare the base with what came of it and write the figures and the page into the folder.

    The models that the configuration names, where it does; else a GGUF base with its adapter beside
    it, or with the fused model.

    Raises:
        FinetuneError: the configuration names none, and the base is no GGUF file that runs here.
        ModelSetupError: a named model cannot be used, and what to do.
    """
    settings = config.compare
    base, tuned = _models(config, base_gguf, adapter, fused)
    with closing(base), closing(tuned):
        found = compare_models(settings, town, base, tuned, progress)
    return write_comparison(found, folder)


def _models(
    config: FinetuneConfig, base_gguf: Path | None, adapter: Path | None, fused: Path | None
) -> tuple[Model, Model]:
    settings = config.compare
    if settings.base and settings.tuned:
        named = [named_model("npc", name) for name in (settings.base, settings.tuned)]
        return open_model(named[0]), open_model(named[1])
    if base_gguf is None:
        raise FinetuneError(
            "the base is no GGUF file that runs here: name both models as compare.base and "
            "compare.tuned, such as ollama_chat/llama3.1:8b and "
            f"ollama_chat/{config.register_.name}"
        )
    from townsfolk.models.embedded import EmbeddedModel

    languages = tuple(config.data.languages)
    profile = ModelProfile(strength=config.profile, context=config.context, languages=languages)
    base = EmbeddedModel(base_gguf, profile)
    if adapter is not None:
        return base, EmbeddedModel(base_gguf, profile, adapter)
    return base, EmbeddedModel(fused or base_gguf, profile)


def compare_models(
    settings: Compare,
    town: Town,
    base: Model,
    tuned: Model,
    progress: Callable[[float, float, str], None],
) -> Comparison:
    """Ask both models the town's questions. Raises TownError when those are broken."""
    questions = limited(read_questions(town), settings.limit)
    total, done = 2 * len(questions), 0

    def advance() -> None:
        nonlocal done
        done += 1
        progress(done, total, "questions answered")

    return compare(
        town, LoreIndex(town), questions, base, tuned, settings.samples, settings.temperature,
        settings.seed, advance,
    )  # fmt: skip


def write_comparison(found: Comparison, folder: Path) -> Mapping[str, Any]:
    """Write the figures and the page; gives the figures without the lines."""
    told = as_json(found)
    folder.mkdir(parents=True, exist_ok=True)
    figures = json.dumps(told, ensure_ascii=False, indent=1)
    (folder / FIGURES).write_text(figures + "\n", encoding="utf-8")
    (folder / PAGE).write_text(page(told), encoding="utf-8")
    return {key: value for key, value in told.items() if key != "lines"}
