"""`townsfolk langfuse`: make a Langfuse project ready."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from townsfolk.cli.app import town_option

if TYPE_CHECKING:
    from townsfolk.store.langfuse.client import LangfuseClient


@click.group("langfuse")
def command() -> None:
    """Make a Langfuse project ready."""


@command.command("setup")
@click.option("--dataset", metavar="NAME", help="Put the lines of episodes into this dataset.")
@click.option(
    "--episodes", multiple=True, metavar="ID[,ID…]",
    help="Which episodes; an id or its beginning. May be given several times.",
)  # fmt: skip
@town_option
def setup(dataset: str | None, episodes: tuple[str, ...], town_root: Path) -> None:
    """Create the score configs that are lacking, push the town's prompts where they changed, and
    fill a dataset with the lines of chosen episodes."""
    from townsfolk.store.langfuse.client import Away, LangfuseClient
    from townsfolk.store.langfuse.errors import LangfuseError
    from townsfolk.store.langfuse.settings import required_settings
    from townsfolk.store.langfuse.setup import create_score_configs, push_prompts
    from townsfolk.town.templates import PROMPT_VERSION

    chosen = [name for given in episodes for name in given.split(",") if name]
    if bool(dataset) != bool(chosen):
        raise click.UsageError("--dataset and --episodes belong together; give both, or neither")
    with LangfuseClient(required_settings()) as client:
        try:
            click.echo(f"Langfuse {client.version()}")
        except Away as away:
            raise LangfuseError(f"{away}; start it, or mend LANGFUSE_BASE_URL") from None
        click.echo(f"score configs created: {_listed(create_score_configs(client))}")
        pushed = push_prompts(client, _prompts(town_root), PROMPT_VERSION)
        click.echo(f"prompts pushed: {_listed(pushed)}")
        if dataset:
            _fill(client, dataset, chosen, town_root)


def _prompts(town_root: Path) -> dict[str, str]:
    """The text of each template, a town's own before the built-in one."""
    from townsfolk.town.templates import Templates

    templates = Templates(town_root.absolute())
    names = sorted(templates.built_in.list_templates(), key=str)
    return {name.removesuffix(".jinja"): templates.text(name) for name in names}


def _fill(client: LangfuseClient, dataset: str, chosen: list[str], town_root: Path) -> None:
    from townsfolk.store.database import Database
    from townsfolk.store.episodes import read_episode
    from townsfolk.store.langfuse.setup import fill_dataset

    database = Database.of_town(town_root)
    try:
        found = [read_episode(database, beginning) for beginning in chosen]
    finally:
        database.close()
    for episode in found:
        number = fill_dataset(client, dataset, episode)
        click.echo(f"dataset {dataset}: {number} lines of episode {episode.id}")


def _listed(names: list[str]) -> str:
    return ", ".join(names) if names else "none, all are there"
