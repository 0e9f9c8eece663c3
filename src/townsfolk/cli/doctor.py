"""`townsfolk doctor`: check each part and say what to do."""

from __future__ import annotations

from pathlib import Path

import click

from townsfolk.cli.app import town_option

_MARKS = {"ok": ("✓", "green"), "note": ("·", "yellow"), "fail": ("✗", "red")}


@click.command("doctor")
@town_option
def command(town_root: Path) -> None:
    """Check the town, the models, the search, the services around them and the disk.

    Exit code 0 when scenes can be played, else 1.
    """
    from townsfolk.cli.findings import examine

    failed = False
    for finding in examine(town_root.absolute()):
        mark, colour = _MARKS[finding.status]
        failed = failed or finding.status == "fail"
        click.secho(f"{mark} ", fg=colour, bold=True, nl=False)
        click.echo(f"{finding.part:<16} {finding.found}")
        if finding.remedy:
            click.echo(f"{'':<19}→ {finding.remedy}")
    if failed:
        raise click.exceptions.Exit(1)
