"""Where the store is: a file in the town, or the server that DATABASE_URL names."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from townsfolk.store.errors import DatabaseError
from townsfolk.town.settings import cache_folder

URL_VARIABLE = "DATABASE_URL"
DATABASE_FILE = "town.db"

_POSTGRES = ("postgres", "postgresql", "postgresql+psycopg")
_ALLOWED = "allowed are postgresql://USER:PASSWORD@HOST:PORT/DATABASE and sqlite:///FILE"


def store_url(town_root: Path) -> URL:
    """Where the store of a town is.

    Raises:
        DatabaseError: `DATABASE_URL` cannot be understood.
    """
    named = os.environ.get(URL_VARIABLE, "").strip()
    if not named:
        return URL.create(
            "sqlite", database=str(cache_folder(town_root.absolute()) / DATABASE_FILE)
        )
    try:
        url = make_url(named)
    except (ArgumentError, ValueError):
        # What was found stays untold: it may hold a password.
        raise DatabaseError(f"{URL_VARIABLE} is no address of a database; {_ALLOWED}") from None
    if url.drivername in _POSTGRES:
        return url.set(drivername="postgresql+psycopg")
    if url.drivername == "sqlite" and url.database:
        return url
    raise DatabaseError(f"{URL_VARIABLE} begins with {url.drivername}://; {_ALLOWED}")


def store_is_there(town_root: Path) -> bool:
    """Whether a town's store has been made; of a server it is taken for granted.

    Raises DatabaseError, as `store_url` does.
    """
    url = store_url(town_root)
    return url.get_backend_name() != "sqlite" or Path(str(url.database)).exists()


def place_of(url: URL) -> str:
    """The store's place as it may be shown: without a password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return url.render_as_string(hide_password=True)
