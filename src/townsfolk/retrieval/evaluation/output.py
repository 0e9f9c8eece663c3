"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from townsfolk.town.errors import TownsfolkError


def require_writable(path: Path) -> None:
    """Find out before the work begins whether a file can be written; its folder is made.

    Raises:
        TownsfolkError: it cannot.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise IsADirectoryError(21, "is a folder")
        if not os.access(path if path.exists() else path.parent, os.W_OK):
            raise PermissionError(13, "Permission denied")
    except OSError as error:
        raise _failure(path, error) from None


def write_whole(path: Path, text: str) -> None:
    """Write a file beside its place and move it there; a link stays one.

    What cannot be replaced, such as a pipe, is written to.

    Raises:
        TownsfolkError: it cannot be written; the file stays as it was.
    """
    target = Path(os.path.realpath(path))
    try:
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf-8")
            return
        part = target.with_name(f".{target.name[:80]}.{secrets.token_hex(6)}.part")
        try:
            part.write_text(text, encoding="utf-8")
            part.replace(target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise _failure(path, error) from None


def _failure(path: Path, error: OSError) -> TownsfolkError:
    return TownsfolkError(f"{path} cannot be written: {error.strerror}; name another file")
