"""What CrewAI reads from the environment; set before it is imported."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from townsfolk.town.settings import cache_folder
from townsfolk.town.telemetry import forbid_telemetry


def prepare_environment(town_root: Path) -> None:
    """Keep CrewAI from the network and its files inside the town; what is set already stays."""
    forbid_telemetry()
    if "CREWAI_STORAGE_DIR" not in os.environ:
        folder = cache_folder(town_root) / "crewai"
        # `Crew()` needs a database.
        os.environ["CREWAI_STORAGE_DIR"] = str(
            folder.absolute() if _writable(folder) else _temporary()
        )
    # CrewAI makes a folder for credentials below the home directory when it is imported, and fails
    # where it cannot, as in a container that runs under a user without a home.
    if not _writable(Path("~/.local/share").expanduser()):
        os.environ["HOME"] = str(_temporary())


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _temporary() -> Path:
    """A folder for this process alone, which goes when it ends."""
    folder = Path(tempfile.mkdtemp(prefix="townsfolk-crewai-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
