"""The stores that tests run on: SQLite and, where it is installed, PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, make_url

from tests.support.postgres import postgres_found, postgres_server
from townsfolk.store.database import Database
from townsfolk.store.schema import metadata


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if postgres_found() is None:
        pytest.skip("PostgreSQL is not installed")
    # The path of a socket may not be long.
    with postgres_server(tmp_path_factory.mktemp("pg")) as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    if request.param == "sqlite":
        return URL.create("sqlite", database=str(tmp_path / "town.db"))
    address: str = request.getfixturevalue("postgres")
    return make_url(address).set(drivername="postgresql+psycopg")


@pytest.fixture
def database(url: URL) -> Iterator[Database]:
    opened = Database(url)
    yield opened
    with opened.writing() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
    opened.close()
