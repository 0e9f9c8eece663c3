"""The step that compares the base with what came of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from townsfolk.finetune.comparison.compare import Comparison, as_json, compare
from townsfolk.finetune.comparison.page import page
from townsfolk.finetune.comparison.questions import limited, read_questions
from townsfolk.finetune.config import Compare, FinetuneConfig
from townsfolk.finetune.errors import FinetuneError
from townsfolk.models.interface import Model
from townsfolk.models.profile import ModelProfile
from townsfolk.retrieval.index import LoreIndex
from townsfolk.town.town import Town

FIGURES, PAGE = "comparison.json", "comparison.html"


def compare_step(
    settings: Compare,
    town: Town,
    base_gguf: Path | None,
    adapter: Path | None,
    fused: Path | None,
    config: FinetuneConfig,
    folder: Path,
    progress: Callable[[float, float, str], None],
) -> Mapping[str, Any]:
    """Compare a GGUF base with its adapter beside it, or with the fused model; write the figures
    and the page into the folder.

    Raises:
        FinetuneError: the base is no GGUF file; through Ollama it can be compared by
            `townsfolk finetune compare --base … --tuned …`.
    """
    if base_gguf is None:
        raise FinetuneError(
            "the base is no GGUF file that runs here; register both in Ollama and run: townsfolk "
            f"finetune compare --base ollama_chat/BASE --tuned ollama_chat/{config.register_.name}"
        )
    from townsfolk.models.embedded import EmbeddedModel

    languages = tuple(config.data.languages)
    profile = ModelProfile(strength=config.profile, context=config.context, languages=languages)
    base = EmbeddedModel(base_gguf, profile)
    tuned = (
        EmbeddedModel(base_gguf, profile, adapter)
        if adapter is not None
        else EmbeddedModel(fused or base_gguf, profile)
    )
    found = compare_models(settings, town, base, tuned, progress)
    return write_comparison(found, folder)


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
