"""`townsfolk runs`: what has been played, newest first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from townsfolk.cli.app import town_option

if TYPE_CHECKING:
    from townsfolk.store.database import Database

_SHOWN = 20


@click.command("runs")
@click.argument("run", required=False)
@click.option("--all", "everything", is_flag=True, help=f"Show all runs, not the last {_SHOWN}.")
@town_option
def command(run: str | None, everything: bool, town_root: Path) -> None:
    """List the runs of the town's store, or the episodes of RUN (its id, or a name: the newest)."""
    from townsfolk.store.database import Database

    database = Database.of_town(town_root)
    try:
        if run is None:
            _list_runs(database, None if everything else _SHOWN)
        else:
            _list_episodes(database, run)
    finally:
        database.close()


def _list_runs(database: Database, limit: int | None) -> None:
    from rich.console import Console
    from rich.table import Table

    from townsfolk.store.runs import summaries

    found = summaries(database, limit)
    if not found:
        click.echo(f"no runs yet in {database.place}; play a scene with: townsfolk play")
        return
    table = Table("run", "name", "kind", "begun (UTC)", "release")
    for column in ("episodes", "failed", "turns", "faults", "seconds"):
        table.add_column(column, justify="right")
    for one in found:
        run, played = one.run, one.finished + one.failed
        table.add_row(
            run.id, run.name, run.kind, run.created_at[:16].replace("T", " "), run.release,
            f"{played} of {run.planned}", str(one.failed), str(one.turns), str(one.faults),
            f"{one.seconds:.0f}",
        )  # fmt: skip
    Console(highlight=False).print(table)


def _list_episodes(database: Database, name: str) -> None:
    from rich.console import Console
    from rich.table import Table

    from townsfolk.store.episodes import outlines
    from townsfolk.store.runs import find_run

    run = find_run(database, name)
    table = Table("episode", "scene", "player", "language", "seed", "status", title=run.id)
    for column in ("turns", "faults", "seconds"):
        table.add_column(column, justify="right")
    for one in outlines(database, run.id):
        status = f"{one.status}: {one.error}" if one.error else one.status
        table.add_row(
            one.id, one.scene, one.player, one.language, str(one.seed), status, str(one.turns),
            str(one.faults), f"{one.seconds:.1f}",
        )  # fmt: skip
    Console(highlight=False).print(table)
