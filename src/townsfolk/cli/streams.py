"""Standard input and output, whatever terminal, pipe or locale is behind them."""

from __future__ import annotations

import codecs
import io
import os
import sys
from pathlib import Path

PIPE_CLOSED = 141
"""The exit code of a program whose reader went away: 128 and the number of SIGPIPE."""


def prepare_streams() -> None:
    """Let every text be written and every input be read: no encoding stops a scene.

    A locale that knows ASCII alone says nothing of what the terminal can show, so it counts as
    UTF-8. A stream that was closed before the start is an empty one.
    """
    _open_missing()
    _prepare(sys.stdin, "replace")
    _prepare(sys.stdout, "backslashreplace")
    _prepare(sys.stderr, "backslashreplace")


def leave_closed_output() -> int:
    """Take what nobody reads any more, also what is still to be flushed; gives the exit code."""
    with Path(os.devnull).open("w") as nothing:
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except BrokenPipeError:
                os.dup2(nothing.fileno(), stream.fileno())
    return PIPE_CLOSED


def _open_missing() -> None:
    """Python has None for a stream that was closed, as by `<&-` or `>&-`."""
    if sys.stdin is None:
        sys.stdin = Path(os.devnull).open()  # noqa: SIM115
    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115


def _prepare(stream: object, errors: str) -> None:
    if not isinstance(stream, io.TextIOWrapper):
        return
    ascii_only = codecs.lookup(stream.encoding).name == "ascii"
    stream.reconfigure(encoding="utf-8" if ascii_only else None, errors=errors)
