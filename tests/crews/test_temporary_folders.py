"""What is made beside the town for CrewAI's sake goes with the process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROGRAM = """
import os
from pathlib import Path
from townsfolk.crews.environment import prepare_environment
prepare_environment(Path("/proc/no_town"))
folders = os.environ["CREWAI_STORAGE_DIR"], os.environ["HOME"]
(Path(folders[0]) / "kept.db").write_text("x")
print(*(f"{folder} {Path(folder).is_dir()}" for folder in folders), sep="\\n")
"""


def test_temporary_folders_are_removed_at_the_end(tmp_path: Path) -> None:
    environment = {"HOME": "/proc/no_home", "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    folders = [line.split() for line in done.stdout.splitlines()]
    assert [there for _, there in folders] == ["True", "True"]
    assert all(Path(folder).parent == tmp_path for folder, _ in folders)
    assert list(tmp_path.iterdir()) == []
