"""Reading the episodes of a run from the store, many or few."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from tests.support.episodes import run
from tests.support.report_run import answer, ask, conversation, failed, fill, multiply
from townsfolk.simulations.report.figures import figures_of
from townsfolk.simulations.report.page import page
from townsfolk.store.database import Database
from townsfolk.store.episodes import read_episode
from townsfolk.store.reading import read_episodes, stream_episodes


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(URL.create("sqlite", database=str(tmp_path / "town.db")))
    yield opened
    opened.close()


def test_episodes_come_whole_and_of_one_run_only(database: Database) -> None:
    evening, morning = run("evening"), run("morning")
    lines = [ask(), answer("은화 두 닢이오."), ask(), answer()]
    ours = [conversation(evening, "a", lines, {"calls": 2}), failed(evening, "b", "no answer")]
    fill(database, evening, ours)
    fill(database, morning, [conversation(morning, "a", lines, {"calls": 9})])
    found = list(stream_episodes(database, evening.id))
    assert found == sorted(ours, key=lambda episode: episode.id)
    assert found == [read_episode(database, episode.id) for episode in found]


def test_an_empty_run_has_no_episodes(database: Database) -> None:
    fill(database, run(), [])
    assert list(stream_episodes(database, run().id)) == []


def test_episodes_are_read_in_the_order_that_was_asked_for(database: Database) -> None:
    episodes = [conversation(run(), str(n), [ask()]) for n in range(6)]
    fill(database, run(), episodes)
    wanted = [episodes[4].id, "gone", episodes[1].id]
    assert [one.id for one in read_episodes(database, wanted)] == [episodes[4].id, episodes[1].id]
    assert list(read_episodes(database, [])) == []


def test_a_run_of_two_thousand_episodes_is_done_in_a_moment(database: Database) -> None:
    lines = [turn for _ in range(4) for turn in (ask(), answer())]
    scores = {"goal_reached": 1.0, "response_time": 1.0, "player_errors": 0.0}
    npcs = ("guard", "clerk", "merchant", "smith")
    fill(
        database,
        run(planned=2000),
        [
            conversation(run(), str(n), [*lines, answer(npc=npcs[n % 4], seconds=n)], scores)
            for n in range(20)
        ],
    )
    multiply(database, 100)
    began = time.monotonic()
    figures = figures_of(run(planned=2000), stream_episodes(database, run().id))
    ranking = figures.ranking
    to_read = read_episodes(database, [*ranking.best, *ranking.worst])
    text = page(figures, to_read)
    assert len(to_read) == 10
    assert figures.head.finished == 2000
    assert figures.head.turns == 18_000
    assert time.monotonic() - began < 20
    assert len(text.encode()) < 500_000
