"""`townsfolk report`: what a run came to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.support.episodes import run
from tests.support.report_run import answer, ask, conversation, failed, fill
from townsfolk.cli.report import command
from townsfolk.simulations.report.ranking import UnknownScore
from townsfolk.store.database import Database
from townsfolk.store.errors import DatabaseError


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A town whose store has a run of three episodes, one with a player's error and one failed."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("COLUMNS", "160")
    database = Database.of_town(tmp_path)
    lines = [ask(), answer("은화 두 닢이오.", seconds=1.5)]
    error = "repeats_itself: the same line for the third time"
    fill(
        database,
        run(planned=5),
        [
            conversation(run(), "a", lines, {"goal_reached": 1, "player_errors": 0, "warmth": 0.5}),
            conversation(run(), "b", lines, {"goal_reached": 0, "player_errors": 1}, errors=error),
            failed(run(), "c", "[red]no answer[/] within 30 seconds"),
        ],
    )
    database.close()
    return tmp_path


def report(town: Path, *arguments: str) -> Result:
    given = [*arguments, "--town", str(town)]
    return CliRunner().invoke(command, given, catch_exceptions=False)


def test_the_figures_are_shown_and_the_page_is_told(town: Path) -> None:
    shown = report(town, "evening")
    page = town / ".townsfolk" / "reports" / "run-evening.html"
    assert shown.output.endswith(f"page: {page}\n")
    assert "은화 두 닢이오." in page.read_text("utf-8")
    for told in (
        "2 of 5 episodes, 1 failed",
        "goal_reached",
        "response time",
        "guard",
        "haggler",
        "repeats_itself 1",
        "1 failed: [red]no answer[/] within 30 seconds",
        "townsfolk simulate evening --retry-errors",
    ):
        assert told in shown.output


def test_the_page_goes_where_it_is_wanted(town: Path) -> None:
    page = town / "deep" / "page.html"
    assert str(page) in report(town, "run-evening", "--out", str(page)).output
    assert page.read_text("utf-8").startswith("<!doctype html>")


def test_episodes_with_player_errors_are_left_out(town: Path) -> None:
    shown = report(town, "evening", "--without-player-errors").output
    assert "1 episode with player errors is left out" in shown
    page = town / ".townsfolk" / "reports" / "run-evening.html"
    assert "1 episode in which the simulated player made an error is left out" in page.read_text(
        "utf-8"
    )


def test_the_figures_can_be_had_as_json(town: Path) -> None:
    shown = report(town, "evening", "--json")
    told = json.loads(shown.output)
    assert told["head"]["failed"] == 1
    assert told["latencies"][0]["p50"] == 1.5
    assert not (town / ".townsfolk" / "reports").exists()
    page = town / "page.html"
    json.loads(report(town, "evening", "--json", "--out", str(page)).output)
    assert page.is_file()


def test_a_score_ranks_the_episodes(town: Path) -> None:
    told = json.loads(report(town, "evening", "--json", "--by", "warmth").output)
    assert told["ranking"]["best"] == [conversation(run(), "a").id]


def test_an_unknown_score_is_told_with_those_that_there_are(town: Path) -> None:
    with pytest.raises(UnknownScore, match="there are: goal_reached, warmth, player_errors"):
        report(town, "evening", "--by", "charm")


def test_a_run_that_is_not_there_is_told(town: Path) -> None:
    with pytest.raises(DatabaseError, match="has no run 'morning'"):
        report(town, "morning")
