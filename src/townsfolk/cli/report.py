"""`townsfolk report`: what a run came to, in the terminal and as a page."""

from __future__ import annotations

import json
from pathlib import Path

import click

from townsfolk.cli.app import town_option


@click.command("report")
@click.argument("run")
@town_option
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False),
              help="Write the page here; .townsfolk/reports/RUN.html when left out.")  # fmt: skip
@click.option("--by", metavar="SCORE", help="The score that ranks the episodes to read.")
@click.option("--without-player-errors", is_flag=True,
              help="Leave out episodes in which the simulated player made an error.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True,
              help="Print the figures as JSON; no page, but where --out is given.")  # fmt: skip
def command(
    run: str,
    town_root: Path,
    out: Path | None,
    by: str | None,
    without_player_errors: bool,
    as_json: bool,
) -> None:
    """Show what RUN (its id, or a name: the newest) came to, and write a page about it."""
    from townsfolk.simulations.report import figures as report
    from townsfolk.simulations.report.page import page, write_page
    from townsfolk.store.database import Database
    from townsfolk.store.reading import read_episodes, stream_episodes
    from townsfolk.store.runs import find_run
    from townsfolk.town.settings import cache_folder

    database = Database.of_town(town_root)
    try:
        found = find_run(database, run)
        episodes = stream_episodes(database, found.id)
        figures = report.figures_of(found, episodes, by, without_player_errors)
        ranking = figures.ranking
        to_read = read_episodes(database, [*ranking.best, *ranking.worst])
    finally:
        database.close()
    file = out or cache_folder(town_root.absolute()) / "reports" / f"{found.id}.html"
    if out or not as_json:
        write_page(file, page(figures, to_read))
    if as_json:
        click.echo(json.dumps(report.as_json(figures), ensure_ascii=False, indent=2))
        return
    from rich.console import Console

    from townsfolk.simulations.report.terminal import show_report

    show_report(Console(highlight=False), figures)
    click.echo(f"page: {file}")
