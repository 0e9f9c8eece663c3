"""`townsfolk runs`: what has been played, newest first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from townsfolk.cli.app import town_option

if TYPE_CHECKING:
    from rich.table import Table

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

    from townsfolk.store.runs import summaries

    found = summaries(database, limit)
    if not found:
        click.echo(f"no runs yet in {database.place}; play a scene with: townsfolk play")
        return
    table = _table("run", ("name",), ("episodes", "failed", "turns", "faults", "seconds"))
    for one in found:
        run, played = one.run, one.finished + one.failed
        table.add_row(
            run.id, run.name, f"{played} of {run.planned}", str(one.failed), str(one.turns),
            str(one.faults), f"{one.seconds:.0f}",
        )  # fmt: skip
    Console(highlight=False).print(table)


def _list_episodes(database: Database, name: str) -> None:
    from rich.console import Console

    from townsfolk.store.episodes import outlines
    from townsfolk.store.runs import find_run

    run = find_run(database, name)
    texts = ("scene", "player", "status")
    table = _table("episode", texts, ("seed", "turns", "faults", "seconds"))
    table.title = run.id
    for one in outlines(database, run.id):
        status = f"{one.status}: {one.error}" if one.error else one.status
        table.add_row(
            one.id, f"{one.scene} ({one.language})", one.player, status, str(one.seed),
            str(one.turns), str(one.faults), f"{one.seconds:.1f}",
        )  # fmt: skip
    Console(highlight=False).print(table)


def _table(identifier: str, texts: tuple[str, ...], numbers: tuple[str, ...]) -> Table:
    """A table whose first column is whole on any terminal, for it is typed or pasted again."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column(identifier, no_wrap=True)
    for column in texts:
        table.add_column(column, overflow="fold")
    for column in numbers:
        table.add_column(column, justify="right", no_wrap=True)
    return table
