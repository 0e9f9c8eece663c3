"""Opening the store, and its transactions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from townsfolk.store.errors import DatabaseError
from townsfolk.store.location import place_of, store_url
from townsfolk.store.versions import bring_up_to_date

_BUSY_SECONDS = 30.0
"""How long a writer waits for another process that is writing."""
_WRITES = "townsfolk_writes"


class Database:
    """A town's store, brought to the form that this version of the program knows."""

    def __init__(self, url: URL, busy_seconds: float = _BUSY_SECONDS) -> None:
        """Raises DatabaseError: it cannot be opened, or a newer program has written it."""
        self.place = place_of(url)
        self._engine = _engine(url, busy_seconds)
        with self.writing() as connection:
            bring_up_to_date(connection, self.place)

    @classmethod
    def of_town(cls, root: Path) -> Database:
        """The store of a town. Raises DatabaseError."""
        url = store_url(root)
        if url.get_backend_name() == "sqlite":
            try:
                Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise DatabaseError(
                    f"the store's folder cannot be made: {error}; make it writable, or name "
                    "another place with DATABASE_URL=sqlite:///FILE"
                ) from None
        return cls(url)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes: all of it is kept, or nothing. Raises DatabaseError."""
        with self._told(), self._engine.connect() as connection:
            connection = connection.execution_options(**{_WRITES: True})
            with connection.begin():
                yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that reads what was there when it began. Raises DatabaseError."""
        with self._told(), self._engine.connect() as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Let go of it."""
        self._engine.dispose()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise DatabaseError(_explained(error, self.place)) from error


def _engine(url: URL, busy_seconds: float) -> Engine:
    if url.get_backend_name() != "sqlite":
        return _postgres(url)
    engine = create_engine(url, connect_args={"timeout": busy_seconds})

    @event.listens_for(engine, "connect")
    def _prepare(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
        # sqlite3 would begin transactions of its own, at other places.
        assert isinstance(connection, sqlite3.Connection)
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        # A finished episode survives a power cut too.
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A transaction that reads first and writes later could not wait for another writer.
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgres(url: URL) -> Engine:
    try:
        return create_engine(url, pool_pre_ping=True)
    except ModuleNotFoundError:
        raise DatabaseError(
            "DATABASE_URL names a PostgreSQL server, and its driver is not installed: "
            "uv sync --extra postgres"
        ) from None


def _explained(error: DBAPIError, place: str) -> str:
    """What is wrong, where, and what to do."""
    cause = str(error.orig).strip().splitlines()[0] if error.orig else str(error)
    lowered = cause.lower()
    if "locked" in lowered or "busy" in lowered:
        advice = "another process has been writing for long; stop it, or try again"
    elif "readonly" in lowered or "read-only" in lowered:
        advice = "make the file and its folder writable"
    elif "full" in lowered:
        advice = "make room on the disk; what was finished is kept"
    elif "not a database" in lowered or "malformed" in lowered:
        advice = "move the file away, and a new one is made; restore it from a copy if there is one"
    elif "unable to open" in lowered:
        advice = "make its folder, or make it writable"
    elif isinstance(error, OperationalError) and "sqlite" not in type(error.orig).__module__:
        advice = "start the server, or mend DATABASE_URL"
    else:
        advice = "see `townsfolk doctor`"
    return f"the store {place} cannot be used ({cause}); {advice}"
