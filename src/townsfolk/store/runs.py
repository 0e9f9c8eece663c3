"""Writing and reading runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, case, func, select, update

from townsfolk.store.database import Database
from townsfolk.store.errors import DatabaseError
from townsfolk.store.records import Run
from townsfolk.store.schema import episodes, runs


@dataclass(frozen=True, slots=True)
class Summary:
    """A run, and how far it is."""

    run: Run
    finished: int
    failed: int
    turns: int
    faults: int
    seconds: float
    """Of all its episodes together."""


def add_run(database: Database, run: Run) -> None:
    """Write a new run. Raises DatabaseError."""
    with database.writing() as connection:
        connection.execute(
            runs.insert().values(
                id=run.id,
                kind=run.kind,
                name=run.name,
                town=run.town,
                release=run.release,
                inputs=dict(run.inputs),
                planned=run.planned,
                created_at=run.created_at,
            )
        )


def summaries(database: Database, limit: int | None = None) -> Sequence[Summary]:
    """The runs, newest first. Raises DatabaseError."""
    failed = case((episodes.c.status == "failed", 1), else_=0)
    query = (
        select(
            runs,
            func.count(episodes.c.id).label("all"),
            func.coalesce(func.sum(failed), 0).label("failed"),
            func.coalesce(func.sum(episodes.c.turns), 0).label("turns"),
            func.coalesce(func.sum(episodes.c.faults), 0).label("faults"),
            func.coalesce(func.sum(episodes.c.seconds), 0.0).label("seconds"),
        )
        .outerjoin(episodes, episodes.c.run_id == runs.c.id)
        .group_by(runs.c.id)
        .order_by(runs.c.created_at.desc(), runs.c.id)
        .limit(limit)
    )
    with database.reading() as connection:
        return [_summary(row) for row in connection.execute(query)]


def find_run(database: Database, name: str) -> Run:
    """The run of an id, or the newest of a name.

    Raises:
        DatabaseError: there is none, or the store cannot be read.
    """
    query = (
        select(runs)
        .where((runs.c.id == name) | (runs.c.name == name))
        .order_by((runs.c.id == name).desc(), runs.c.created_at.desc())
        .limit(1)
    )
    with database.reading() as connection:
        row = connection.execute(query).first()
    if row is None:
        raise DatabaseError(f"the store {database.place} has no run {name!r}; see: townsfolk runs")
    return _run(row)


def runs_named(database: Database, name: str) -> Sequence[Run]:
    """The simulations of a name, newest first. Raises DatabaseError."""
    query = select(runs).where(runs.c.name == name, runs.c.kind == "simulation")
    with database.reading() as connection:
        newest = connection.execute(query.order_by(runs.c.created_at.desc(), runs.c.id))
        return [_run(row) for row in newest]


def plan_more(database: Database, run: Run, planned: int) -> Run:
    """The run with more episodes than it began with. Raises DatabaseError."""
    with database.writing() as connection:
        connection.execute(update(runs).where(runs.c.id == run.id).values(planned=planned))
    return replace(run, planned=planned)


def _summary(row: Row[Any]) -> Summary:
    finished = row.all - row.failed
    return Summary(_run(row), finished, row.failed, row.turns, row.faults, row.seconds)


def _run(row: Row[Any]) -> Run:
    return Run(
        row.id, row.kind, row.name, row.town, row.release, row.inputs, row.planned, row.created_at
    )
