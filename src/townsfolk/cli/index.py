"""`townsfolk index`: embed a town's lore ahead of time."""

from __future__ import annotations

from pathlib import Path

import click

from townsfolk.cli.app import town_option


@click.command("index")
@town_option
@click.option(
    "--ship", is_flag=True, help="Also write the vectors to knowledge/vectors/, to commit."
)
def command(town_root: Path, ship: bool) -> None:
    """Embed what is new or changed in a town's lore, so that scenes start at once.

    Builds the collection too, where the town is searched on a server or the edge. Can be stopped
    and goes on where it was.
    """
    from townsfolk.cli.progress import embedding_progress
    from townsfolk.retrieval.index import LoreIndex
    from townsfolk.retrieval.vectors import ship_vectors
    from townsfolk.retrieval.words import ship_words
    from townsfolk.town.errors import TownsfolkError
    from townsfolk.town.load import load_town

    town = load_town(town_root)
    with embedding_progress() as progress:
        index = LoreIndex(town, progress)
    for warning in index.warnings:
        click.echo(f"warning: {warning}", err=True)
    click.echo(
        f"{len(index.chunks)} chunks of {len(town.lore)} lore entries; "
        f"embedding {index.embedding}, fusion {index.fusion}, store {index.store}."
    )
    if not ship or index.embedding == "none":
        return
    try:
        files = [
            ship_vectors(town.root, index.chunks, index.embedding),
            ship_words(town.root, index.chunks),
        ]
    except OSError as error:
        raise TownsfolkError(
            f"{error.filename or town.root} cannot be written: {error.strerror}; "
            "make the town writable"
        ) from None
    for file in filter(None, files):
        click.echo(f"Wrote {file.relative_to(town.root)}.")
