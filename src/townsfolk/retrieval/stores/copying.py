"""Copying files that are mostly holes.

The edge reserves 30 MB for each of its files and fills a few kilobytes; a plain copy would write
the rest out as zeros.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

_AT_ONCE = 1 << 20


def copy_sparse(source: str | Path, target: str | Path) -> None:
    """A copy with the same holes, where the system can tell where they are; raises OSError."""
    if not hasattr(os, "SEEK_DATA"):
        shutil.copyfile(source, target)
        return
    with Path(source).open("rb") as read, Path(target).open("wb") as write:
        size = os.fstat(read.fileno()).st_size
        write.truncate(size)
        end = 0
        while (start := _data_from(read.fileno(), end)) is not None:
            end = os.lseek(read.fileno(), start, os.SEEK_HOLE)
            read.seek(start)
            write.seek(start)
            while (left := end - read.tell()) > 0:
                write.write(read.read(min(left, _AT_ONCE)))


def _data_from(file: int, place: int) -> int | None:
    """Where the next data begins; None where there is none."""
    try:
        return os.lseek(file, place, os.SEEK_DATA)
    except OSError:
        return None
