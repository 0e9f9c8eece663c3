"""`townsfolk sync`: send what waits to Langfuse."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from townsfolk.cli.app import town_option

if TYPE_CHECKING:
    from townsfolk.store.database import Database
    from townsfolk.store.langfuse.sync import Report

_SHOWN = 5
_DEADLINE = 60.0


@click.command("sync")
@click.option("--run", "run", metavar="RUN", help="Queue this run first: its id, or a name.")
@click.option("--all", "everything", is_flag=True, help="Queue all that is in the store first.")
@click.option(
    "--deadline", type=click.FloatRange(min=0, min_open=True), default=_DEADLINE,
    show_default=True, metavar="SECONDS", help="Stop then; what is left waits for the next time.",
)  # fmt: skip
@town_option
def command(run: str | None, everything: bool, deadline: float, town_root: Path) -> None:
    """Send traces and scores that wait in the town's store to Langfuse.

    What was sent before is not sent again. Exit code 0 when nothing is left and nothing was
    refused, else 1.
    """
    from townsfolk.store.database import Database
    from townsfolk.store.langfuse.queueing import queue_stored
    from townsfolk.store.langfuse.settings import required_settings
    from townsfolk.store.langfuse.sync import sync
    from townsfolk.store.runs import find_run

    if run is not None and everything:
        raise click.UsageError("--run and --all exclude each other")
    settings = required_settings()
    database = Database.of_town(town_root)
    try:
        if run is not None or everything:
            run_id = None if run is None else find_run(database, run).id
            click.echo(f"queued {queue_stored(database, run_id, settings)} new or changed")
        report = sync(database, settings, deadline)
        _tell(database, report)
    finally:
        database.close()
    if report.left or report.refused:
        raise click.exceptions.Exit(1)


def _tell(database: Database, report: Report) -> None:
    from townsfolk.store.outbox import counts, refused

    traces, scores = _counted(report.traces, "trace"), _counted(report.scores, "score")
    click.echo(f"sent {traces} and {scores}")
    if report.left or report.stopped:
        click.echo(f"left {report.left}: {report.stopped}")
    if not (number := counts(database).refused):
        return
    click.echo(f"refused {number}, kept in the store:")
    for row in refused(database, _SHOWN):
        click.echo(f"  {row.id} of episode {row.episode_id}: {row.reason}")
    if number > _SHOWN:
        click.echo(f"  and {number - _SHOWN} more")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
