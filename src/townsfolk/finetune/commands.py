"""Other programs that a step runs."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence

from townsfolk.finetune.errors import FinetuneError

_LAST_WORDS = 12
"""Lines of what a program complained of that are shown."""


def run_command(
    command: Sequence[str],
    failed: str,
    environment: Mapping[str, str] | None = None,
    given: str | None = None,
) -> str:
    """What a program writes to its standard output; `given` is what it reads.

    Raises:
        FinetuneError: it cannot be run, or ended with an error: what could not be done, and its
            last words.
    """
    try:
        done = subprocess.run(
            command, input=given, capture_output=True, encoding="utf-8", errors="replace",
            env=environment, check=False,
        )  # fmt: skip
    except OSError as error:
        raise FinetuneError(f"{failed}: {command[0]}: {error.strerror}") from None
    if done.returncode:
        raise FinetuneError(f"{failed}:\n{last_words(done.stderr)}")
    return done.stdout


def last_words(text: str) -> str:
    """The end of what a program complained of, where the reason stands."""
    return "\n".join(text.strip().splitlines()[-_LAST_WORDS:])
