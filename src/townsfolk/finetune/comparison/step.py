"""The step that compares the base with what came of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from townsfolk.finetune.comparison.compare import Comparison, as_json, compare
from townsfolk.finetune.comparison.models import (
    Made,
    base_name,
    open_named,
    profile_of,
    tuned_name,
)
from townsfolk.finetune.comparison.page import page
from townsfolk.finetune.comparison.questions import limited, read_questions
from townsfolk.finetune.config import Compare, FinetuneConfig
from townsfolk.models.interface import Model
from townsfolk.models.profile import ModelProfile
from townsfolk.retrieval.evaluation.output import write_whole
from townsfolk.retrieval.index import LoreIndex
from townsfolk.town.town import Town

FIGURES, PAGE = "comparison.json", "comparison.html"


def compare_step(
    config: FinetuneConfig,
    town: Town,
    made: Made,
    folder: Path,
    progress: Callable[[float, float, str], None],
) -> Mapping[str, Any]:
    """Compare the base with what came of it and write the figures and the page into the folder.

    Raises:
        FinetuneError: the configuration names no models, and the base is no GGUF file that runs
            here.
        ModelSetupError: a named model cannot be used, and what to do.
    """
    profile = profile_of(config)
    names = (base_name(config.compare, made), tuned_name(config.compare, made))
    return write_comparison(compare_named(config.compare, town, names, profile, progress), folder)


def compare_named(
    settings: Compare,
    town: Town,
    names: tuple[str, str],
    profile: ModelProfile | None,
    progress: Callable[[float, float, str], None],
) -> Comparison:
    """Open the base and the tuned model and compare them; a GGUF file has the profile.

    Raises:
        ModelSetupError: a model cannot be used, and what to do.
        TownError: the town's questions are broken.
    """
    # A llama.cpp that is left open when an error ends the command never lets it end.
    with ExitStack() as opened:
        base, tuned = (opened.enter_context(closing(open_named(name, profile))) for name in names)
        return compare_models(settings, town, base, tuned, progress)


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
    """Write the figures and the page; gives the figures without the lines.

    Raises:
        TownsfolkError: they cannot be written.
    """
    told = as_json(found)
    figures = json.dumps(told, ensure_ascii=False, indent=1)
    write_whole(folder / FIGURES, figures + "\n")
    write_whole(folder / PAGE, page(told))
    return {key: value for key, value in told.items() if key != "lines"}
