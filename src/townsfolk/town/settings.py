"""What the environment and `.env` say."""

from __future__ import annotations

import os
from pathlib import Path

from townsfolk.town.errors import Problem, TownError
from townsfolk.town.source import SourceError, read_text

CACHE_FOLDER = ".townsfolk"
"""Folder in a town that the program writes."""


def load_environment(town_root: Path) -> None:
    """Add the town's `.env` to the environment; what is set already stays.

    Raises:
        TownError: `.env` is there and cannot be read.
    """
    path = town_root / ".env"
    if not path.exists():
        return
    from io import StringIO

    from dotenv import dotenv_values

    try:
        text = read_text(town_root, path)
    except SourceError as error:
        raise TownError([error.problem]) from None
    for key, value in dotenv_values(stream=StringIO(text)).items():
        if value is None:
            raise TownError(
                [Problem(".env", None, key, "has no value", "lines of the form NAME=value")]
            )
        os.environ.setdefault(key, value)


def cache_folder(town_root: Path) -> Path:
    """The folder in which the program keeps what it can make again."""
    return town_root / CACHE_FOLDER
