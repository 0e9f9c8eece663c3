"""`townsfolk search`: what an NPC finds in a town's lore."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from townsfolk.cli.app import town_option

if TYPE_CHECKING:
    from rich.table import Table

    from townsfolk.retrieval.hits import Hits
    from townsfolk.town.town import Town

_STAGES = ("dense", "bm25", "sounds", "fusion", "rerank")


@click.command("search")
@town_option
@click.argument("query")
@click.option("--npc", help="Who searches; without it, only what everybody may know is found.")
@click.option(
    "--hearer",
    "hearers",
    multiple=True,
    help="Who listens, an agent or player; may be given more than once.",
)
@click.option("--lang", "language", help="Only the lore that a scene in this language sees.")
@click.option("-k", "k", default=5, type=click.IntRange(1, 100), help="How many hits.")
@click.option("--explain", is_flag=True, help="Show the scores and the time of each stage.")
def command(
    town_root: Path,
    query: str,
    npc: str | None,
    hearers: tuple[str, ...],
    language: str | None,
    k: int,
    explain: bool,
) -> None:
    """Search a town's lore as an NPC does, with the same audience filter."""
    from rich.console import Console

    from townsfolk.cli.progress import embedding_progress
    from townsfolk.retrieval.index import LoreIndex
    from townsfolk.town.errors import TownsfolkError
    from townsfolk.town.load import load_town

    town = load_town(town_root)
    _require_people(town, npc, hearers)
    _require_language(town, language)
    with embedding_progress() as progress:
        index = LoreIndex(town, progress)
    for warning in index.warnings:
        click.echo(f"warning: {warning}", err=True)
    hits = index.search(query, npc, k, language=language, hearers=hearers)
    if hits.problem:
        raise TownsfolkError(hits.problem)
    if not hits:
        click.echo("Nothing is found.")
        return
    console = Console()
    console.print(_table(hits, explain))
    if explain:
        for stage in hits.stages:
            problem = f"  {stage.problem}" if stage.problem else ""
            console.print(
                f"{stage.name:>10}  {stage.milliseconds:7.1f} ms  {stage.choice}{problem}",
                highlight=False,
                markup=False,
            )


def _table(hits: Hits, explain: bool) -> Table:
    from rich.table import Table
    from rich.text import Text

    shown = [name for name in _STAGES if any(name in hit.stages for hit in hits)]
    table = Table(show_lines=explain)
    table.add_column("", justify="right")
    table.add_column("lore", overflow="fold")
    for name in shown if explain else ["score"]:
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("text", overflow="fold", ratio=1)
    for place, hit in enumerate(hits, start=1):
        scores = [hit.stages.get(name) for name in shown] if explain else [hit.score]
        about = f"{hit.entry.id} ({hit.language})"
        if explain:
            audience = ", ".join(sorted(hit.entry.audience))
            secret = ", confidential" if hit.entry.confidential else ""
            about += f"\n{hit.source}\naudience: {audience}{secret}"
        table.add_row(
            str(place),
            Text(about),
            *("" if score is None else f"{score:.3f}" for score in scores),
            Text(hit.text if explain else _beginning(hit.text)),
        )
    return table


def _beginning(text: str, characters: int = 160) -> str:
    text = " ".join(text.split())
    return text if len(text) <= characters else text[: characters - 1] + "…"


def _require_people(town: Town, npc: str | None, hearers: tuple[str, ...]) -> None:
    from townsfolk.town.beats import PLAYER
    from townsfolk.town.errors import did_you_mean

    for option, name in [("--npc", npc), *(("--hearer", hearer) for hearer in hearers)]:
        allowed = [*town.agents, PLAYER] if option == "--hearer" else [*town.agents]
        if name is not None and name not in allowed:
            hint = did_you_mean(name, allowed)
            raise click.UsageError(
                f"{option} {name}: there is no such agent; there are: {', '.join(allowed)}"
                + (f"; {hint}" if hint else "")
            )


def _require_language(town: Town, language: str | None) -> None:
    if language is not None and language not in town.config.languages:
        raise click.UsageError(
            f"--lang {language}: the town is written in {', '.join(town.config.languages)}"
        )
