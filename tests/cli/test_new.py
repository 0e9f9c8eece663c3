"""`townsfolk new` as it is called on the command line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from townsfolk.cli.app import app
from townsfolk.town.load import load_town


def new(folder: Path) -> Result:
    return CliRunner().invoke(app, ["new", str(folder)])


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_it_makes_a_town_in_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    folder = tmp_path / "towns" / "mine"
    result = new(folder)
    assert result.exit_code == 0, result.output
    made = contents(folder)
    assert {"town.yaml", "agents.yaml", "tasks.yaml", "actions.yaml", "README.md"} <= set(made)
    assert {"crews/first_meeting.yaml", "knowledge/npcs/keeper.json"} <= set(made)
    assert all(os.access(folder / name, os.W_OK) for name in made)


def test_it_makes_a_town_in_an_empty_folder(tmp_path: Path) -> None:
    assert new(tmp_path).exit_code == 0
    assert (tmp_path / "town.yaml").is_file()


def test_the_new_town_has_no_problems_and_speaks_both_languages(tmp_path: Path) -> None:
    new(tmp_path)
    town = load_town(tmp_path)
    assert town.config.languages == ["en", "ko"]
    assert town.default_scene == "first_meeting"
    # One profile in a file of its own and one in agents.yaml, as models for the designer's own.
    assert {agent.persona_file for agent in town.agents.values()} == {
        "agents.yaml",
        "knowledge/npcs/keeper.json",
    }


def test_the_new_town_keeps_caches_and_keys_out_of_git(tmp_path: Path) -> None:
    new(tmp_path)
    assert (tmp_path / ".gitignore").read_text("utf-8").split() == [".townsfolk/", ".env"]
    assert not (tmp_path / "gitignore").exists()


def test_it_ends_with_the_two_commands_to_run_next(tmp_path: Path) -> None:
    folder = tmp_path / "my town"
    lines = new(folder).output.splitlines()
    assert [line.strip() for line in lines[-2:]] == [
        f"townsfolk check --town '{folder}'",
        f"townsfolk play first_meeting --town '{folder}'",
    ]
    # The first of them, as it stands there.
    checked = CliRunner().invoke(app, ["check", "--town", str(folder)])
    assert checked.exit_code == 0
    assert ": no problems (" in checked.output


def test_a_folder_with_something_in_it_is_refused_and_left_untouched(tmp_path: Path) -> None:
    (tmp_path / "town.yaml").write_text("name: Mine\n", "utf-8")
    result = new(tmp_path)
    assert result.exit_code == 2
    assert "is not empty" in result.stderr
    assert "Name a folder that does not exist yet" in result.stderr
    assert contents(tmp_path) == {"town.yaml": b"name: Mine\n"}


def test_a_hidden_file_counts_as_something(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("KEY=1\n", "utf-8")
    assert new(tmp_path).exit_code == 2
    assert contents(tmp_path) == {".env": b"KEY=1\n"}


def test_a_file_in_the_way_is_refused_and_left_untouched(tmp_path: Path) -> None:
    file = tmp_path / "mine"
    file.write_text("a note", "utf-8")
    result = new(file)
    assert result.exit_code == 2
    assert "is a file, not a folder" in result.stderr
    assert file.read_text("utf-8") == "a note"


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_link_that_leads_nowhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").symlink_to(tmp_path / "gone")
    assert new(tmp_path / "mine").exit_code == 2
    assert not (tmp_path / "gone").exists()


def test_a_file_in_place_of_a_parent_folder_gives_an_error_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("a note", "utf-8")
    result = new(tmp_path / "mine" / "town")
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr
    assert "where you may write" in result.stderr


def test_a_folder_that_cannot_be_written_gives_an_error_with_a_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    # By its effect, as an administrator may write to a read-only folder.
    monkeypatch.setattr(Path, "mkdir", refuse)
    result = new(tmp_path / "mine")
    assert result.exit_code == 2
    assert "Permission denied" in result.stderr
    assert "where you may write" in result.stderr


def test_a_missing_folder_name_is_a_usage_error() -> None:
    result = CliRunner().invoke(app, ["new"])
    assert result.exit_code == 2
    assert "DIR" in result.stderr
