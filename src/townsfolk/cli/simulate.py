"""`townsfolk simulate`: play a batch of conversations with simulated players."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import click

from townsfolk.cli.app import town_option

if TYPE_CHECKING:
    from townsfolk.simulations.plan import Plan
    from townsfolk.simulations.resume import Resumed
    from townsfolk.simulations.run_file import RunFile
    from townsfolk.town.town import Town

_SENDING = 30.0
"""Seconds that sending to Langfuse may take after a batch."""


@click.command("simulate")
@click.argument("run")
@town_option
@click.option("--new", "anew", is_flag=True, help="Begin another run, though one is there.")
@click.option("--retry-errors", is_flag=True, help="Play again what could not be played.")
@click.option("--limit", type=click.IntRange(1), help="Play so many episodes, then stop.")
@click.option("--dry-run", is_flag=True, help="Say what would be played, and about how long.")
def command(
    run: str, town_root: Path, anew: bool, retry_errors: bool, limit: int | None, dry_run: bool
) -> None:
    """Play RUN: a file, or the name of one in simulations/. Goes on where it was."""
    from townsfolk.cli.sending import require_usable_langfuse, send_waiting
    from townsfolk.cli.simulate_progress import batch_progress
    from townsfolk.simulations.batch import Budget, play_batch
    from townsfolk.simulations.plan import inputs, plans
    from townsfolk.simulations.players import read_players
    from townsfolk.simulations.resume import resume
    from townsfolk.simulations.run_file import read_run_file, run_file_of
    from townsfolk.simulations.worker import Job
    from townsfolk.store.database import Database
    from townsfolk.town.load import load_town

    town = load_town(town_root)
    require_usable_langfuse()
    players = read_players(town)
    path = run_file_of(town, run)
    read = read_run_file(town, path, players)
    planned = list(plans(town, read))
    models = _models(town, read, planned)
    if dry_run:
        click.echo(_estimate(town, path.stem, read, planned))
        return
    database = Database.of_town(town.root)
    try:
        shaped = inputs(town, read, players, models)
        name = town.config.name.get(town.default_language)
        resumed = resume(database, path.stem, name, planned, shaped, anew, retry_errors)
    finally:
        database.close()
    left = list(itertools.islice(resumed.left, limit))
    click.echo(_opening(resumed, left))
    if not left:
        return
    job = Job(town.root.absolute(), path.absolute(), resumed.run.id, 0)
    budget = Budget(read.limits.cost, resumed.spent)
    with batch_progress(len(left)) as told:
        play_batch(job, left, read.processes, read.concurrency, told, budget)
    database = Database.of_town(town.root)
    try:
        send_waiting(database, _SENDING, click.echo)
    finally:
        database.close()
    if budget.used_up:
        click.echo(f"stopped: the run has cost {budget.spent:.2f} of {budget.allowed} dollars")
    click.echo(f"look at it with: townsfolk report {resumed.run.id}")


def _models(town: Town, read: RunFile, planned: list[Plan]) -> dict[str, str]:
    """What each model of the run is; each speaks the languages that it is to speak."""
    from townsfolk.models.cost import price_of
    from townsfolk.models.deployments import choose_model, model_for, require_language
    from townsfolk.models.errors import ModelSetupError

    names = dict.fromkeys(plan.model for plan in planned)
    chosen = {name: model_for("npc", name, town.root) for name in names}
    if read.player == "model":
        chosen["player"] = choose_model("player", town.root)
    for choice in chosen.values():
        for language in dict.fromkeys(plan.language for plan in planned):
            require_language(choice, language)
        if read.limits.cost and price_of(choice) is None:
            raise ModelSetupError(
                f"nobody knows what {choice.name} costs, and the run is limited to "
                f"{read.limits.cost} dollars; take `cost` out of its limits, and limit `tokens`"
            )
    return {name: choice.name for name, choice in chosen.items()}


def _estimate(town: Town, name: str, read: RunFile, planned: list[Plan]) -> str:
    """Nothing is written: without a store there is no earlier run to go by."""
    from townsfolk.simulations.estimate import by_experience, estimate
    from townsfolk.store.database import Database
    from townsfolk.store.location import store_is_there

    told = estimate(read, planned)
    if not store_is_there(town.root):
        return told
    database = Database.of_town(town.root)
    try:
        return "\n".join(filter(None, [told, by_experience(database, name, read, len(planned))]))
    finally:
        database.close()


def _opening(resumed: Resumed, left: list[Plan]) -> str:
    run = resumed.run
    if not left:
        told = f"{run.id}: all {run.planned} episodes are there"
        again = f"; {resumed.failed} failed: --retry-errors plays them again"
        return told + (again if resumed.failed else "; --new begins another run")
    before = f", {resumed.done} are there" if resumed.done else ""
    return f"{run.id}: {len(left)} of {run.planned} episodes to play{before}"
