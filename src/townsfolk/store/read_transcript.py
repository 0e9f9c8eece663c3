"""Reading a transcript back, to go on from it."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from townsfolk.town.errors import TownsfolkError
from townsfolk.town.transcript import TRANSCRIPT_FORMAT, Transcript


def read_transcript(path: Path) -> Transcript:
    """The transcript in a file.

    Raises:
        TownsfolkError: it cannot be read, or is no transcript of this program.
    """
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise _unusable(path, error.strerror or type(error).__name__) from None
    except UnicodeDecodeError:
        raise _unusable(path, "it is no UTF-8 text") from None
    try:
        transcript = Transcript.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(step) for step in first["loc"])
        reason = f"{key}: {first['msg']}" if key else first["msg"]
        raise _unusable(path, f"it is no transcript ({reason})") from None
    if transcript.format != TRANSCRIPT_FORMAT:
        raise _unusable(path, f"its format is {transcript.format}, not {TRANSCRIPT_FORMAT}")
    return transcript


def _unusable(path: Path, reason: str) -> TownsfolkError:
    return TownsfolkError(
        f"cannot go on from {path}: {reason}; "
        "name a file that was written by: townsfolk play --json FILE"
    )
