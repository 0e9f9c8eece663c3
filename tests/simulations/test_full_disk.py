"""A disk that fills up in the middle of a batch: a real one, of a few hundred kilobytes."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulations.test_batch import keys, plan, simulate, small

pytestmark = pytest.mark.model
__all__ = ["small"]

EPISODES = 20


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, which holds some of the episodes and not all."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.name != "posix" or os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root may mount a disk")
    if _mount("-t", "tmpfs", "-o", "size=320k", "tmpfs", str(folder)):
        pytest.skip("no disk can be mounted here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _mount(*arguments: str) -> int:
    return subprocess.run(["mount", *arguments], check=False, capture_output=True).returncode


def test_a_full_disk_is_told_and_with_room_the_same_command_goes_on(
    small: Path, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = disk / "town.db"
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{file}")
    plan(small, EPISODES)
    code, told = simulate(small)
    assert code != 0
    assert "make room on the disk; what was finished is kept" in told
    assert "Traceback" not in told
    before = keys(small)
    assert 0 < len(before) < EPISODES
    _mount("-o", "remount,size=50m", str(disk))
    code, told = simulate(small)
    assert code == 0, told
    assert f"{len(before)} are there" in told
    after = keys(small)
    assert set(before) < set(after)
    assert len(after) == len(set(after)) == EPISODES
    with sqlite3.connect(file) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
