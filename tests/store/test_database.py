"""Opening the store: its form, its place, and what is told when it cannot be used."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import URL, text

from tests.support.episodes import episode, run
from townsfolk.store.database import Database
from townsfolk.store.episodes import outlines, read_episode, write_episode
from townsfolk.store.errors import DatabaseError
from townsfolk.store.location import place_of, store_url
from townsfolk.store.runs import add_run, summaries
from townsfolk.store.schema import metadata


def in_file(path: Path, busy_seconds: float = 0.1) -> Database:
    return Database(URL.create("sqlite", database=str(path)), busy_seconds)


def test_the_migrations_make_the_tables_of_the_schema(database: Database) -> None:
    with database.reading() as connection:
        context = MigrationContext.configure(connection)
        found = compare_metadata(context, metadata)
    assert [d for d in found if "alembic_version" not in str(d)] == []


def test_a_store_is_opened_again_as_it_was(url: URL, database: Database) -> None:
    add_run(database, run())
    again = Database(url)
    assert len(summaries(again)) == 1
    again.close()


def test_several_processes_make_one_store(tmp_path: Path) -> None:
    code = (
        "import sys; from sqlalchemy import URL; from townsfolk.store.database import Database; "
        "Database(URL.create('sqlite', database=sys.argv[1])).close()"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "town.db")]
    started = [subprocess.Popen(command) for _ in range(4)]
    assert [process.wait(60) for process in started] == [0, 0, 0, 0]
    assert summaries(in_file(tmp_path / "town.db")) == []


def test_a_store_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "town.db"
    opened = in_file(file)
    with opened.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    opened.close()
    with pytest.raises(DatabaseError, match=r"written by a newer Townsfolk.*update Townsfolk"):
        in_file(file)


def test_without_an_address_the_store_is_in_the_town(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    Database.of_town(tmp_path).close()
    assert (tmp_path / ".townsfolk" / "town.db").is_file()


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("town.db", "DATABASE_URL is no address of a database; allowed are postgresql://"),
        ("mysql://me:secret@there/db", "DATABASE_URL begins with mysql://; allowed are"),
        ("sqlite://", "DATABASE_URL begins with sqlite://; allowed are"),
    ],
)
def test_an_address_that_is_none_is_told_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, told: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", address)
    with pytest.raises(DatabaseError, match=told) as raised:
        store_url(tmp_path)
    assert "secret" not in str(raised.value)


def test_a_servers_place_is_shown_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://me:secret@127.0.0.1:9/db")
    url = store_url(tmp_path)
    assert url.drivername == "postgresql+psycopg"
    assert "secret" not in place_of(url)
    with pytest.raises(DatabaseError, match="start the server, or mend DATABASE_URL") as raised:
        Database.of_town(tmp_path)
    assert "secret" not in str(raised.value)


def test_another_process_that_writes_on_and_on_is_told(tmp_path: Path) -> None:
    database = in_file(tmp_path / "town.db")
    other = sqlite3.connect(tmp_path / "town.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseError, match=r"locked.*another process has been writing"):
        add_run(database, run())
    assert summaries(database) == []
    other.execute("ROLLBACK")
    add_run(database, run())


def test_a_full_disk_loses_nothing_that_was_finished(tmp_path: Path) -> None:
    database = in_file(tmp_path / "town.db")
    add_run(database, run())
    write_episode(database, episode(run(), "a"))
    with database.writing() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 1}")
        # SQLite's own limit gives the error that a full disk gives.

    def write_on() -> None:
        for number in range(200):
            write_episode(database, episode(run(), f"b{number}"))

    with pytest.raises(DatabaseError, match=r"full.*make room on the disk"):
        write_on()
    kept = outlines(database, run().id)
    assert "a" in {one.key for one in kept}
    assert all(read_episode(database, one.id).transcript.turns for one in kept)


def test_a_folder_that_cannot_be_made_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    (tmp_path / ".townsfolk").touch()
    with pytest.raises(DatabaseError, match="make it writable"):
        Database.of_town(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    in_file(tmp_path / "town.db").close()
    (tmp_path / "town.db").chmod(0o444)
    with pytest.raises(DatabaseError, match="make the file and its folder writable"):
        in_file(tmp_path / "town.db")


def test_a_file_that_is_no_store_is_told(tmp_path: Path) -> None:
    (tmp_path / "town.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(DatabaseError, match=r"not a database.*move the file away"):
        in_file(tmp_path / "town.db")
