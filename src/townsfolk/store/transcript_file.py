"""A transcript as a JSON file that is whole at every moment."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from townsfolk.town.errors import TownsfolkError
from townsfolk.town.transcript import Transcript


class TranscriptFile:
    """Writes a transcript after every turn: to a new file beside, then in its place."""

    def __init__(self, path: Path) -> None:
        """Raises TownsfolkError when nothing can be written there."""
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.is_dir():
                raise IsADirectoryError(21, "is a folder", str(path))
            with tempfile.TemporaryFile(dir=path.parent):
                pass
        except OSError as error:
            raise self._failure(error) from None

    def write(self, transcript: Transcript) -> None:
        """Replace the file by the transcript as it is now.

        Raises:
            TownsfolkError: the disk is full or gone; the file stays as it was.
        """
        try:
            self._replace(transcript)
        except OSError as error:
            raise self._failure(error) from None

    def _failure(self, error: OSError) -> TownsfolkError:
        return TownsfolkError(
            f"the transcript cannot be written to {self.path}: {error.strerror}; "
            "name another file with --json FILE"
        )

    def _replace(self, transcript: Transcript) -> None:
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(transcript.model_dump_json(indent=2))
                stream.write("\n")
            Path(name).chmod(0o644)
            Path(name).replace(self.path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
