"""`townsfolk runs` and `townsfolk show`: what has been played."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.support.episodes import episode, run
from townsfolk.cli.runs import command as runs
from townsfolk.cli.show import command as show
from townsfolk.store.database import Database
from townsfolk.store.episodes import write_episode
from townsfolk.store.runs import add_run


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


@pytest.fixture
def played(town: Path) -> Path:
    database = Database.of_town(town)
    add_run(database, run())
    write_episode(database, episode(run(), "a"))
    database.close()
    return town


def test_without_runs_it_is_told_how_to_make_one(town: Path) -> None:
    shown = CliRunner().invoke(runs, ["--town", str(town)], catch_exceptions=False)
    assert "no runs yet in" in shown.output
    assert "townsfolk play" in shown.output


def test_a_run_is_listed_with_how_far_it_is(played: Path) -> None:
    shown = CliRunner().invoke(runs, ["--town", str(played)], catch_exceptions=False)
    assert "run-evening" in shown.output
    assert "1 of 2" in shown.output


def test_the_episodes_of_a_run_are_listed(played: Path) -> None:
    shown = CliRunner().invoke(runs, ["evening", "--town", str(played)], catch_exceptions=False)
    assert episode(run(), "a").id in shown.output
    assert "haggler" in shown.output


def test_an_episode_is_shown_with_all_that_belongs_to_its_lines(played: Path) -> None:
    name = episode(run(), "a").id[:8]
    shown = CliRunner().invoke(show, [name, "--town", str(played)], catch_exceptions=False).output
    for told in (
        "은화 2닢이오.",
        "authored line (off_topic)",
        "2 calls",
        "fault off_topic: 0%",
        "response_time 1.5 · clock 1",
        "satisfaction 0.5 (짧다)",
        "gate_open True",
    ):
        assert told in shown


def test_an_episode_is_given_as_json(played: Path) -> None:
    name = episode(run(), "a").id
    shown = CliRunner().invoke(show, [name, "--json", "--town", str(played)])
    told = json.loads(shown.output)
    assert told["transcript"]["turns"][1]["speech"] == "은화 2닢이오."
    assert [score["name"] for score in told["scores"]] == ["response_time", "satisfaction"]
