"""Files of what is made once and kept: where they lie, and how they are written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from townsfolk.town.settings import cache_folder


def shipped_folder(town_root: Path) -> Path:
    """Where a town ships such files with its lore; the program only reads them."""
    return town_root / "knowledge" / "vectors"


def kept_folder(town_root: Path) -> Path:
    """Where the program keeps those that it made."""
    return cache_folder(town_root) / "vectors"


def archive_name(model: str) -> str:
    """The name of a file of a model's vectors."""
    return f"{model.replace('/', '_')}.npz"


@contextmanager
def replacing(file: Path) -> Iterator[BinaryIO]:
    """What is written here takes a file's place in one step; where that fails, it stays as it was.

    Raises:
        OSError: the file cannot be written.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
        Path(name).chmod(0o644)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
