"""The libraries that the search stands on."""

from __future__ import annotations

from townsfolk.town.telemetry import forbid_telemetry


def import_libraries() -> None:
    """Import Qdrant and fastembed now, in this thread.

    CrewAI imports them too. Two threads that import modules which import each other may each see
    one that is half there, so whoever opens the index beside the import of CrewAI calls this first.
    """
    forbid_telemetry()
    import fastembed  # noqa: F401
    import qdrant_client  # noqa: F401
