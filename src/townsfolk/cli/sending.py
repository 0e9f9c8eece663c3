"""Sending what a run has put into the outbox, at its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from townsfolk.store.database import Database


def require_usable_langfuse() -> None:
    """Before anything is played. Raises LangfuseError: the environment names it wrongly."""
    import os

    # The check itself costs nothing; what it imports is needed only where a key is set.
    if any(name.startswith("LANGFUSE_") for name in os.environ):
        from townsfolk.store.langfuse.settings import langfuse_settings

        langfuse_settings()


def send_waiting(database: Database, seconds: float, tell: Callable[[str], None]) -> None:
    """Send for so long at most; what is left waits in the store, and is told.

    That Langfuse is away, or refuses its keys, is no fault of what was played.
    """
    from townsfolk.store.langfuse.errors import LangfuseError
    from townsfolk.store.langfuse.settings import langfuse_settings

    settings = langfuse_settings()
    if settings is None:
        return
    from townsfolk.store.langfuse.sync import sync

    try:
        report = sync(database, settings, seconds)
    except LangfuseError as error:
        tell(f"Langfuse: {error}; everything is kept, send it with: townsfolk sync")
        return
    if report.left:
        tell(f"Langfuse: {report.left} wait ({report.stopped}); send them with: townsfolk sync")
