"""`townsfolk finetune`: from dialogues and lore to a tuned NPC model."""

from __future__ import annotations

from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from townsfolk.cli.app import town_option

if TYPE_CHECKING:
    from townsfolk.models.interface import Model

_STEPS = {
    "prepare": "Write train.jsonl, valid.jsonl and test.jsonl with their data card.",
    "base": "Make the model ready for MLX.",
    "train": "Train the adapter; goes on from its last checkpoint.",
    "fuse": "Work the adapter into the base's weights.",
    "gguf": "Write the GGUF files and check them against MLX.",
    "register": "Write the Modelfile and make the model in Ollama.",
    "run": "Do all steps; what has not changed is not done again.",
}


@click.group("finetune")
def command() -> None:
    """Train the NPC model on a town's dialogues and lore, and measure what came of it.

    Each step does those before it that are missing. What they make lies in
    .townsfolk/finetune/NAME of the town.
    """


def _step(name: str, about: str) -> click.Command:
    @click.command(name, help=about)
    @town_option
    @click.argument("config", type=click.Path(path_type=Path, dir_okay=False))
    @click.option("--anew", is_flag=True, help="Do the step again though nothing has changed.")
    def step(town_root: Path, config: Path, anew: bool) -> None:
        from townsfolk.cli.finetune_progress import steps_progress
        from townsfolk.finetune.config import read_config
        from townsfolk.finetune.pipeline import Pipeline

        pipeline = Pipeline(read_config(config), town_root.absolute(), config.as_posix())
        with steps_progress() as reporter:
            told = pipeline.run(reporter, None if name == "run" else name, anew)
        if "compare" in told:
            from townsfolk.cli.comparison_table import show_comparison

            show_comparison(told["compare"])
            click.echo(f"page: {pipeline.folder / 'compare' / 'comparison.html'}")
            click.echo(f"model card: {pipeline.card}")

    return step


for _name, _about in _STEPS.items():
    command.add_command(_step(_name, _about))


@command.command("compare")
@town_option
@click.argument("config", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option("--base", "base", help="A model instead of the configuration's: see below.")
@click.option("--tuned", "tuned", help="What came of it.")
@click.option("--samples", type=click.IntRange(1, 20), help="Answers of each model to a question.")
@click.option("--limit", type=click.IntRange(1), help="The most questions of each kind.")
@click.option("--seed", type=int, help="Another seed.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where comparison.json and comparison.html go; the town's .townsfolk/finetune/compare.",
)
def compare(town_root: Path, config: Path | None, out: Path | None, **stated: Any) -> None:
    """Ask two models the same questions and tell the difference.

    The questions are those of the town that --town names (its finetune/questions.yaml), or with a
    CONFIG those of its compare.town. With neither --base nor --tuned, the base and the adapter of
    CONFIG are compared, or without CONFIG the embedded model and the adapter that it ships with.

    A model is `embedded` (as it comes), `embedded+ADAPTER.gguf`, `FILE.gguf`, or a name as in
    TOWNSFOLK_NPC_MODEL, such as `ollama_chat/llama-game-npc`.
    """
    from townsfolk.cli.comparison_table import show_comparison
    from townsfolk.cli.finetune_progress import steps_progress
    from townsfolk.finetune.comparison.step import compare_models, write_comparison
    from townsfolk.finetune.config import Compare, read_config
    from townsfolk.finetune.pipeline import FOLDER, Pipeline
    from townsfolk.town.load import load_town

    read = read_config(config) if config else None
    settings = read.compare if read else Compare()
    changes = {key: stated[key] for key in ("samples", "limit", "seed") if stated[key] is not None}
    settings = settings.model_copy(update=changes)
    asked_elsewhere = click.get_current_context().get_parameter_source("town_root")
    here = asked_elsewhere is click.core.ParameterSource.DEFAULT
    place = town_root / settings.town if here and settings.town else town_root
    town = load_town(place)
    pipeline = (
        Pipeline(read, Path().absolute() if not here else town_root.absolute()) if read else None
    )
    names = (
        stated["base"] or settings.base or _base(pipeline),
        stated["tuned"] or settings.tuned or _tuned(pipeline),
    )
    with ExitStack() as opened, steps_progress() as reporter:
        # A llama.cpp that is left open when an error ends the command never lets it end.
        base, tuned = (opened.enter_context(closing(_model(name))) for name in names)
        reporter.begun("compare")
        found = compare_models(
            settings, town, base, tuned,
            lambda done, total, note: reporter.progress("compare", done, total, note),
        )  # fmt: skip
    folder = out or town_root / FOLDER / "compare"
    show_comparison(write_comparison(found, folder))
    click.echo(f"page: {folder / 'comparison.html'}")


def _base(pipeline: Any) -> str:
    from townsfolk.finetune.base import base_file

    file = base_file(pipeline.config.base, pipeline.root) if pipeline else None
    return str(file) if file else "embedded"


def _tuned(pipeline: Any) -> str:
    from townsfolk.finetune.errors import FinetuneError
    from townsfolk.finetune.gguf_files.make import ADAPTER, FUSED
    from townsfolk.models.adapter import SHIPPED

    if pipeline is None:
        return f"embedded+{SHIPPED}"
    if adapter := pipeline.made(ADAPTER):
        return f"{_base(pipeline)}+{adapter}"
    if fused := pipeline.made(FUSED):
        return str(fused)
    raise FinetuneError("nothing has been trained yet: townsfolk finetune run CONFIG.yaml")


def _model(named: str) -> Model:
    """The model of a name. Raises ModelSetupError."""
    from townsfolk.models.adapter import check_adapter
    from townsfolk.models.deployments import named_model
    from townsfolk.models.embedded import EmbeddedModel
    from townsfolk.models.opening import open_model
    from townsfolk.models.weights import embedded_weights

    base, _, beside = named.partition("+")
    if base != "embedded" and not base.endswith(".gguf"):
        return open_model(named_model("npc", named))
    adapter = Path(beside) if beside else None
    if adapter is not None:
        check_adapter(adapter)
    weights = embedded_weights() if base == "embedded" else Path(base)
    return EmbeddedModel(weights, adapter=adapter)
