"""What the town's `.env` says counts, and what is set in the environment counts more."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from townsfolk.cli.app import app


@pytest.fixture
def hamlet(tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("TOWNSFOLK_SCENE", "TOWNSFOLK_LANGUAGE", "TOWNSFOLK_NPC_MODEL"):
        monkeypatch.setenv(name, "")  # so that what .env adds is taken back afterwards
        monkeypatch.delenv(name)
    folder = tmp_path / "hamlet"
    shutil.copytree(repository / "src/townsfolk/town/starter", folder)
    return folder


def test_a_scene_named_in_env_is_the_one_that_is_played(hamlet: Path) -> None:
    (hamlet / ".env").write_text("TOWNSFOLK_SCENE=no_such_scene\n")
    result = CliRunner().invoke(app, ["play", "--town", str(hamlet)])
    assert result.exit_code == 2
    assert "no scene is called 'no_such_scene'" in result.stderr


def test_the_environment_counts_more_than_env(
    hamlet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (hamlet / ".env").write_text("TOWNSFOLK_SCENE=from_the_file\n")
    monkeypatch.setenv("TOWNSFOLK_SCENE", "from_the_environment")
    result = CliRunner().invoke(app, ["play", "--town", str(hamlet)])
    assert "from_the_environment" in result.stderr


def test_an_env_that_cannot_be_read_is_said(hamlet: Path) -> None:
    (hamlet / ".env").write_bytes(b"TOWNSFOLK_SCENE=\xff\xfe\n")
    result = CliRunner().invoke(app, ["check", "--town", str(hamlet)])
    assert result.exit_code == 2
    assert ".env:1" in result.stderr
    assert "not UTF-8" in result.stderr
