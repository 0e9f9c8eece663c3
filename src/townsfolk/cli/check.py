"""`townsfolk check`: read a town and report all of its mistakes."""

from __future__ import annotations

from pathlib import Path

import click

from townsfolk.cli.app import town_option


@click.command("check")
@town_option
def command(town_root: Path) -> None:
    """Read a town and report all of its mistakes, with file, line, key and remedy.

    Exit code 0 when there are none, else 2.
    """
    from townsfolk.models.deployments import read_models_file
    from townsfolk.town.errors import TownError
    from townsfolk.town.load import load_town
    from townsfolk.turns.authored import check_authored_lines

    town = load_town(town_root)
    read_models_file(town.root)
    if problems := list(check_authored_lines(town)):
        raise TownError(problems)
    secret = sum(entry.confidential for entry in town.lore.values())
    name = " / ".join(dict.fromkeys(town.config.name.variants))
    click.echo(
        f"{name}: no problems (agents: {len(town.agents)}, beats: {len(town.beats)}, "
        f"scenes: {len(town.scenes)}, game actions: {len(town.actions)}, lore entries: "
        f"{len(town.lore)}, confidential: {secret}, dialogues: {len(town.dialogues)})"
    )
