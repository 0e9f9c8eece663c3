"""A reporter for tests of steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Silent:
    """Notes which steps were done and which were not done again."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def begun(self, step: str) -> None: ...

    def skipped(self, step: str) -> None:
        self.seen.append(f"-{step}")

    def done(self, step: str, told: Mapping[str, Any]) -> None:
        self.seen.append(f"+{step}")

    def progress(self, step: str, done: float, total: float, note: str) -> None: ...

    def note(self, step: str, text: str) -> None: ...
