"""`townsfolk finetune`: from dialogues and lore to a tuned NPC model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from townsfolk.cli.app import town_option

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

    A model is `embedded` (as it comes), `embedded+ADAPTER.gguf`, `FILE.gguf`,
    `FILE.gguf+ADAPTER.gguf`, or a name as in TOWNSFOLK_NPC_MODEL, such as
    `ollama_chat/llama-game-npc`.
    """
    from townsfolk.cli.comparison_table import show_comparison
    from townsfolk.cli.finetune_progress import steps_progress
    from townsfolk.finetune.comparison.models import base_name, profile_of, tuned_name
    from townsfolk.finetune.comparison.step import compare_named, write_comparison
    from townsfolk.finetune.config import Compare, read_config
    from townsfolk.finetune.pipeline import FOLDER, Pipeline
    from townsfolk.town.load import load_town

    read = read_config(config) if config else None
    settings = read.compare if read else Compare()
    settings = settings.model_copy(update={k: v for k, v in stated.items() if v is not None})
    source = click.get_current_context().get_parameter_source("town_root")
    names_a_town = source is not click.core.ParameterSource.DEFAULT
    # With a configuration, --town says whose questions are asked; it was trained in this folder.
    trained_in = Path().absolute() if names_a_town else town_root.absolute()
    made = Pipeline(read, trained_in).files if read else None
    place = town_root / settings.town if settings.town and not names_a_town else town_root
    names = (base_name(settings, made), tuned_name(settings, made))
    with steps_progress() as reporter:
        reporter.begun("compare")
        found = compare_named(
            settings, load_town(place), names, profile_of(read) if read else None,
            lambda done, total, note: reporter.progress("compare", done, total, note),
        )  # fmt: skip
    folder = out or town_root / FOLDER / "compare"
    show_comparison(write_comparison(found, folder))
    click.echo(f"page: {folder / 'comparison.html'}")
