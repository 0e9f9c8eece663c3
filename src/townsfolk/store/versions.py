"""Migrations: bringing a store to the form that this program knows."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from townsfolk.store.errors import DatabaseError

NEWEST = "0002"
"""The last migration in `migrations/versions`."""

_SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = 77_065_731
"""The number by which PostgreSQL lets one process at a time change the tables."""


def bring_up_to_date(connection: Connection, place: str) -> None:
    """Run the migrations that a store lacks, inside the connection's transaction.

    Raises:
        DatabaseError: a newer program has written it.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    found = _version(connection)
    if found == NEWEST:
        return
    # Costs a quarter of a second, and is needed once in a store's life.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise DatabaseError(
            f"the store {place} was written by a newer Townsfolk (its form is {found}, this knows "
            f"{NEWEST}); update Townsfolk, or name another store with DATABASE_URL"
        )
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)
