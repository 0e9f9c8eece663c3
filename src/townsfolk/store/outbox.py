"""What is to be sent elsewhere: kept in the store until it has been accepted there.

A row holds its payload until it was sent; then its digest stays, so that queueing the same thing
again does nothing. Who sends a row holds it for a while first: two syncs at once do not send the
same rows, and those of one that was killed are free again when the while is over.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, RowMapping, delete, func, select, tuple_, update

from townsfolk.store.database import Database
from townsfolk.store.schema import outbox

Kind = Literal["spans", "score"]
ALONE_AFTER = 5
"""Tries after which a row is sent alone, so that it cannot keep others from being accepted."""


@dataclass(frozen=True, slots=True)
class Item:
    """Something to send."""

    id: str
    """The same for the same thing, however often it is queued."""
    kind: Kind
    digest: str
    payload: bytes
    refused: str = ""
    """Why it is not to be sent."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A row that waits, held by whoever took it."""

    id: str
    kind: Kind
    digest: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that will not be accepted as it is."""

    id: str
    episode_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows there are of each state."""

    waiting: int
    refused: int


def put(connection: Connection, episode_id: str, items: Iterable[Item], target: str) -> int:
    """Queue all that there is of an episode, and give how many rows are new or changed.

    What waits already, or was sent to the same target as it is, stays as it is. What was refused
    is tried again. What the episode no longer has is taken out.
    """
    query = select(outbox.c.id, outbox.c.digest, outbox.c.state, outbox.c.target)
    query = query.where(outbox.c.episode_id == episode_id)
    found = {row["id"]: row for row in connection.execute(query).mappings()}
    rows: list[dict[str, Any]] = []
    queued_at = datetime.datetime.now(datetime.UTC).isoformat(timespec="microseconds")
    for item in items:
        if _stays(found.pop(item.id, None), item, target):
            continue
        rows.append(
            {
                "id": item.id, "episode_id": episode_id, "kind": item.kind, "digest": item.digest,
                "payload": item.payload, "size": len(item.payload),
                "state": "refused" if item.refused else "waiting", "tries": 0,
                "reason": item.refused, "target": target, "queued_at": queued_at, "held_until": 0.0,
            }
        )  # fmt: skip
    if found:
        connection.execute(delete(outbox).where(outbox.c.id.in_(list(found))))
    if rows:
        # Another process may be queueing the same; both in one order, or they wait for each other.
        _upsert(connection, sorted(rows, key=lambda row: str(row["id"])))
    return len(rows)


def take_out(connection: Connection, episode_id: str) -> None:
    """Send nothing of an episode that has not been sent."""
    unsent = (outbox.c.episode_id == episode_id) & (outbox.c.state != "sent")
    connection.execute(delete(outbox).where(unsent))


def take(database: Database, count: int, size: int, seconds: float) -> list[Entry]:
    """Hold the oldest free rows for so many seconds: at least one, at most `count`, up to `size`.

    Those that were tried least come first. Raises DatabaseError.
    """
    now = time.time()
    columns = (outbox.c.id, outbox.c.size, outbox.c.tries)
    oldest = (
        select(*columns)
        .where(outbox.c.state == "waiting", outbox.c.held_until <= now)
        .order_by(outbox.c.tries, outbox.c.queued_at, outbox.c.kind.desc(), outbox.c.id)
        .limit(count)
        .with_for_update(skip_locked=True)
    )
    with database.writing() as connection:
        chosen: list[str] = []
        for row in connection.execute(oldest).all():
            size -= row.size
            if chosen and (size < 0 or row.tries >= ALONE_AFTER):
                break
            chosen.append(row.id)
            if row.tries >= ALONE_AFTER:
                break
        of_them = outbox.c.id.in_(chosen)
        connection.execute(update(outbox).where(of_them).values(held_until=now + seconds))
        content = select(outbox.c.id, outbox.c.kind, outbox.c.digest, outbox.c.payload)
        entries = {row.id: Entry(*row) for row in connection.execute(content.where(of_them))}
        return [entries[id_] for id_ in chosen]


def hold(database: Database, entries: Sequence[Entry], seconds: float) -> None:
    """Hold rows that one holds for so many seconds from now. Raises DatabaseError."""
    _change(database, entries, {"held_until": time.time() + seconds})


def mark_sent(database: Database, entries: Sequence[Entry], target: str) -> None:
    """They were accepted there. Raises DatabaseError."""
    sent = {"state": "sent", "target": target, "payload": b"", "size": 0, "reason": ""}
    _change(database, entries, sent)


def mark_tried(database: Database, entries: Sequence[Entry], reason: str) -> None:
    """They were not accepted this time. Raises DatabaseError."""
    tried = {"tries": outbox.c.tries + 1, "reason": reason, "held_until": 0.0}
    _change(database, entries, tried)


def mark_refused(database: Database, entries: Sequence[Entry], reason: str) -> None:
    """They will never be accepted. Raises DatabaseError."""
    _change(database, entries, {"state": "refused", "reason": reason, "held_until": 0.0})


def let_go(database: Database, entries: Sequence[Entry]) -> None:
    """Nobody sends them now. Raises DatabaseError."""
    _change(database, entries, {"held_until": 0.0})


def free_at(database: Database) -> float | None:
    """When the first of the held rows is free; None where none waits. Raises DatabaseError."""
    query = select(func.min(outbox.c.held_until)).where(outbox.c.state == "waiting")
    with database.reading() as connection:
        first: float | None = connection.scalar(query)
        return first


def counts(database: Database) -> Counts:
    """How many wait and how many were refused. Raises DatabaseError."""
    query = select(outbox.c.state, func.count()).group_by(outbox.c.state)
    with database.reading() as connection:
        found = {row[0]: row[1] for row in connection.execute(query)}
    return Counts(found.get("waiting", 0), found.get("refused", 0))


def refused(database: Database, limit: int) -> list[Refused]:
    """The newest refused rows. Raises DatabaseError."""
    query = select(outbox.c.id, outbox.c.episode_id, outbox.c.reason)
    query = query.where(outbox.c.state == "refused").limit(limit)
    with database.reading() as connection:
        newest = connection.execute(query.order_by(outbox.c.queued_at.desc(), outbox.c.id))
        return [Refused(*row) for row in newest]


def _stays(known: RowMapping | None, item: Item, target: str) -> bool:
    if known is None or known["digest"] != item.digest:
        return False
    return (known["state"], known["target"]) == ("sent", target) or known["state"] == "waiting"


def _change(database: Database, entries: Sequence[Entry], values: Mapping[str, Any]) -> None:
    if not entries:
        return
    with database.writing() as connection:
        connection.execute(update(outbox).where(_still(entries)).values(**values))


def _still(entries: Sequence[Entry]) -> ColumnElement[bool]:
    """Only as they were taken: their episode may have been written again since."""
    taken = [(entry.id, entry.digest) for entry in entries]
    return tuple_(outbox.c.id, outbox.c.digest).in_(taken) & (outbox.c.state == "waiting")


def _upsert(connection: Connection, rows: list[dict[str, Any]]) -> None:
    # Only one of them is needed, and each costs time to import.
    from sqlalchemy.dialects import postgresql, sqlite

    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    insert = dialect.insert(outbox)
    changed = {c.name: insert.excluded[c.name] for c in outbox.columns if not c.primary_key}
    connection.execute(insert.on_conflict_do_update(index_elements=["id"], set_=changed), rows)
