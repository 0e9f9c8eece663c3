"""What CrewAI reads from the environment; set before it is imported."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from townsfolk.town.settings import cache_folder


def prepare_environment(town_root: Path) -> None:
    """Keep CrewAI from the network and its files inside the town; what is set already stays."""
    # Without these a run on a terminal waits 20 s for an answer about sharing traces, and 10 s at
    # its end for a telemetry server. OTEL_SDK_DISABLED would also silence our own tracing.
    os.environ.setdefault("CREWAI_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("CREWAI_TRACING_ENABLED", "false")
    os.environ.setdefault("CREWAI_DISABLE_VERSION_CHECK", "true")
    if "CREWAI_STORAGE_DIR" not in os.environ:
        os.environ["CREWAI_STORAGE_DIR"] = str(_writable(cache_folder(town_root) / "crewai"))


def _writable(folder: Path) -> Path:
    """The folder, or a temporary one where it cannot be written: `Crew()` needs a database."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder.resolve()
    except OSError:
        return Path(tempfile.mkdtemp(prefix="townsfolk-crewai-"))
