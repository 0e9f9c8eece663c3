"""A transcript as a JSON file that is whole at every moment."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
import sys
import tempfile
from pathlib import Path
from typing import TextIO

from townsfolk.town.errors import TownsfolkError
from townsfolk.town.transcript import Transcript


class TranscriptFile:
    """Writes a transcript after every turn: to a new file beside, then in its place.

    A link stays one: its target is replaced. What cannot be replaced, a pipe or `/dev/stdout`, gets
    the transcript once, when the scene is over.
    """

    def __init__(self, path: Path) -> None:
        """Raises TownsfolkError when nothing can be written there."""
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._standard = _standard_output(path)
            self._streamed = self._standard is not None or _is_stream(path)
            self._target = path if self._streamed else Path(os.path.realpath(path))
            closed = self._target.exists() and not os.access(self._target, os.W_OK)
            if closed and self._standard is None:
                raise PermissionError(13, "Permission denied", str(path))
            if not self._streamed:
                self._target.parent.mkdir(parents=True, exist_ok=True)
                with tempfile.TemporaryFile(dir=self._target.parent):
                    pass
        except OSError as error:
            raise self._failure(error) from None

    def write(self, transcript: Transcript) -> None:
        """Replace the file by the transcript as it is now.

        Raises:
            TownsfolkError: the disk is full or gone; the file stays as it was.
        """
        try:
            if not self._streamed:
                self._replace(transcript)
            elif transcript.status != "running":
                self._stream(transcript)
        except OSError as error:
            raise self._failure(error) from None

    def _failure(self, error: OSError) -> TownsfolkError:
        return TownsfolkError(
            f"the transcript cannot be written to {self.path}: {error.strerror}; "
            "name another file with --json FILE"
        )

    def _replace(self, transcript: Transcript) -> None:
        """The new file gets the rights of the old one, and without one those of any new file."""
        new = self._target.with_name(f".transcript.{secrets.token_hex(8)}")
        try:
            with os.fdopen(_created(new), "w", encoding="utf-8") as stream:
                _write(transcript, stream)
            with contextlib.suppress(FileNotFoundError):
                new.chmod(stat.S_IMODE(self._target.stat().st_mode))
            new.replace(self._target)
        except BaseException:
            new.unlink(missing_ok=True)
            raise

    def _stream(self, transcript: Transcript) -> None:
        if self._standard is not None:
            # Opened a second time, a file would be written from its start again.
            sys.stdout.flush()
            with os.fdopen(os.dup(self._standard), "w", encoding="utf-8") as stream:
                _write(transcript, stream)
        else:
            with self._target.open("w", encoding="utf-8") as stream:
                _write(transcript, stream)


def _write(transcript: Transcript, stream: TextIO) -> None:
    stream.write(transcript.model_dump_json(indent=2))
    stream.write("\n")


def _created(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0), 0o666)


def _is_stream(path: Path) -> bool:
    """Whether there is a pipe or a terminal; nothing else but a file is written to.

    Raises:
        OSError: it is a folder, a disk or a socket, or a link to itself.
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return False
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(21, "is a folder", str(path))
    if stat.S_ISFIFO(mode) or stat.S_ISCHR(mode):
        return True
    if not stat.S_ISREG(mode):
        raise OSError(22, "is not a file", str(path))
    return False


def _standard_output(path: Path) -> int | None:
    """The number of standard output or standard error if the path leads there, else None."""
    for number in (1, 2):
        with contextlib.suppress(OSError):
            if os.path.samestat(path.stat(), os.fstat(number)):
                return number
    return None
