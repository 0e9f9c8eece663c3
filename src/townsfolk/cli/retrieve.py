"""`townsfolk retrieve`: answer a file of queries, for an evaluation from outside."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from townsfolk.cli.app import town_option


@click.command("retrieve")
@town_option
@click.option(
    "--queries",
    "queries_file",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help='One object a line: {"id", "text"}, if need be with "npc" (who asks) and "lang".',
)
@click.option("--k", "k", default=10, type=click.IntRange(1, 1000), help="Hits a query.")
@click.option(
    "--out",
    "out",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    required=True,
    help="The file to write; - for standard output.",
)
def command(town_root: Path, queries_file: Path, k: int, out: Path) -> None:
    """Answer queries from a town's lore, or from a bare folder of lore: one hit a source.

    Writes one line a query, in their order: {"id", "hits": [{"chunk", "source", "score"}]}, best
    first. Without an npc only what everybody may know is found.
    """
    from rich.console import Console
    from rich.progress import track

    from townsfolk.cli.progress import embedding_progress
    from townsfolk.retrieval.evaluation.answers import answer, as_line
    from townsfolk.retrieval.evaluation.asked import read_asked
    from townsfolk.retrieval.evaluation.output import require_writable, write_whole
    from townsfolk.retrieval.index import LoreIndex
    from townsfolk.town.load_lore import load_lore

    to_stdout = out == Path("-")
    if not to_stdout:
        require_writable(out)
    town = load_lore(town_root)
    queries = read_asked(queries_file, town)
    with embedding_progress() as progress:
        index = LoreIndex(town, progress)
    for warning in index.warnings:
        click.echo(f"warning: {warning}", err=True)
    console = Console(stderr=True)
    lines = [
        as_line(answer(index, query, k)) + "\n"
        for query in track(queries, "searching", console=console, transient=True)
    ]
    index.close()
    if to_stdout:
        sys.stdout.write("".join(lines))
    else:
        write_whole(out, "".join(lines))
