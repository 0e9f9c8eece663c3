"""Reading many episodes with their turns and scores."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from townsfolk.store.database import Database
from townsfolk.store.records import Episode, Score
from townsfolk.store.schema import episodes, scores, turns
from townsfolk.town.transcript import Transcript

_PAGE = 250
"""Episodes that are in memory at a time; three queries fetch them."""


def stream_episodes(database: Database, run_id: str) -> Iterator[Episode]:
    """All episodes of a run by their id, with never more than a page of them in memory.

    Raises DatabaseError.
    """
    query = select(episodes).where(episodes.c.run_id == run_id).order_by(episodes.c.id)
    last = ""
    with database.reading() as connection:
        # Pages, and not one long cursor beside others: those share no snapshot on PostgreSQL.
        while page := connection.execute(query.where(episodes.c.id > last).limit(_PAGE)).all():
            yield from whole_episodes(connection, page)
            last = page[-1].id


def read_episodes(database: Database, ids: Sequence[str]) -> Sequence[Episode]:
    """The episodes of these ids in this order; what is not there is left out.

    Raises DatabaseError.
    """
    with database.reading() as connection:
        rows = connection.execute(select(episodes).where(episodes.c.id.in_(ids))).all()
        found = {episode.id: episode for episode in whole_episodes(connection, rows)}
    return [found[name] for name in ids if name in found]


def whole_episodes(connection: Connection, rows: Sequence[Row[Any]]) -> Iterator[Episode]:
    """The episodes of these rows of their table, with their turns and scores."""
    ids = [row.id for row in rows]
    said: dict[str, list[Any]] = defaultdict(list)
    in_order = turns.c.episode_id, turns.c.number
    spoken = select(turns.c.episode_id, turns.c.turn).where(turns.c.episode_id.in_(ids))
    for episode_id, turn in connection.execute(spoken.order_by(*in_order)):
        said[episode_id].append(turn)
    given: dict[str, list[Score]] = defaultdict(list)
    found = select(scores).where(scores.c.episode_id.in_(ids))
    for row in connection.execute(found.order_by(scores.c.turn.nulls_last(), scores.c.name)):
        score = Score(row.name, row.value, row.reason, row.evaluator, row.version, row.turn)
        given[row.episode_id].append(score)
    for row in rows:
        told = {**row.transcript, "turns": said[row.id]}
        yield Episode(
            row.run_id,
            row.key,
            row.player,
            Transcript.model_validate(told),
            row.seconds,
            row.finished_at,
            row.error,
            tuple(given[row.id]),
        )
