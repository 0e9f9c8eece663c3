"""Beginning a run, or going on with it where it was."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from townsfolk import __version__
from townsfolk.simulations.episode import COST
from townsfolk.simulations.plan import Plan, changes
from townsfolk.store.database import Database
from townsfolk.store.episodes import outlines, total_score
from townsfolk.store.records import Run
from townsfolk.store.runs import add_run, plan_more, runs_named
from townsfolk.town.errors import TownsfolkError

_SHOWN = 12
"""Changes that are told one by one."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """A run, and what of it is left to play."""

    run: Run
    left: tuple[Plan, ...]
    done: int
    failed: int
    """Episodes of those done that could not be played."""
    spent: float
    """What its episodes have cost so far, in US dollars."""


class InputsChanged(TownsfolkError):
    """What shapes a run's episodes is not what it was when the run began."""


def resume(
    database: Database,
    name: str,
    town: str,
    plans: list[Plan],
    inputs: Mapping[str, Any],
    anew: bool,
    retry_errors: bool,
) -> Resumed:
    """The newest run of this name, or a new one (the first, or `anew`).

    Raises:
        InputsChanged: the run began with other inputs; tells which.
        DatabaseError: the store cannot be used.
    """
    before = [] if anew else runs_named(database, name)
    run = before[0] if before else _new(database, name, town, len(plans), inputs)
    if changed := changes(run.inputs, inputs):
        raise InputsChanged(_told(run, changed))
    if run.planned < len(plans):
        run = plan_more(database, run, len(plans))
    found = outlines(database, run.id)
    failed = {outline.key for outline in found if outline.status == "failed"}
    done = {outline.key for outline in found} - (failed if retry_errors else set())
    left = tuple(plan for plan in plans if plan.key not in done)
    spent = total_score(database, run.id, COST)
    return Resumed(run, left, len(plans) - len(left), len(failed & done), spent)


def _new(database: Database, name: str, town: str, planned: int, inputs: Mapping[str, Any]) -> Run:
    now = datetime.datetime.now(datetime.UTC)
    run = Run(
        id=f"{name}-{now:%Y%m%d-%H%M%S}-{token_hex(2)}",
        kind="simulation",
        name=name,
        town=town,
        release=__version__,
        inputs=inputs,
        planned=planned,
        created_at=now.isoformat(timespec="seconds"),
    )
    add_run(database, run)
    return run


def _told(run: Run, changed: list[str]) -> str:
    more = f"\n  and {len(changed) - _SHOWN} more" if len(changed) > _SHOWN else ""
    listed = "\n  ".join(changed[:_SHOWN])
    return (
        f"the run {run.id} began with other inputs, and its episodes would not be alike:\n  "
        f"{listed}{more}\nbegin another with --new, or put back what was changed"
    )
