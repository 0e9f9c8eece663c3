"""What is said of a batch before it is played."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.episodes import run
from tests.support.report_run import ask, conversation, fill
from townsfolk.simulations.estimate import by_experience, estimate
from townsfolk.simulations.plan import Plan
from townsfolk.simulations.run_file import Limits, RunFile, ScenePlan
from townsfolk.store.database import Database
from townsfolk.store.records import Run

FILE = RunFile(
    scenes=[ScenePlan(scene="arrival", players=["haggler"])],
    limits=Limits(turns=4),
    processes=2,
    concurrency=5,
)


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return Database.of_town(tmp_path)


def played(database: Database, of: Run, episodes: int) -> None:
    """Episodes of 2 s, 500 tokens and half a dollar each."""
    scores = {"tokens": 500.0, "cost": 0.5}
    fill(database, of, [conversation(of, str(n), [ask()], scores) for n in range(episodes)])


def test_all_episodes_and_turns_are_counted() -> None:
    planned = [Plan("scene", 0, "arrival", "haggler", "en", seed, "") for seed in range(3)]
    assert estimate(FILE, planned) == (
        "3 episodes of at most 4 lines of the player: 12 NPC turns at most, 10 at a time"
    )


def test_without_an_earlier_run_nothing_is_guessed(database: Database) -> None:
    played(database, run("another"), 2)
    assert by_experience(database, "evening", FILE, 100) == ""


def test_time_tokens_and_cost_are_those_of_the_newest_run_of_the_name(database: Database) -> None:
    """10 at a time, of 2 s each: 12,000 take 40 minutes."""
    played(database, run("evening"), 4)
    assert by_experience(database, "evening", FILE, 12_000) == (
        "about 40 min, 6,000,000 tokens and 6000.00 dollars, going by the 4 episodes of run-evening"
    )
    assert by_experience(database, "evening", FILE, 36_000).startswith("about 2 h 0 min,")
