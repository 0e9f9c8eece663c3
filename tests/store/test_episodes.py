"""Runs and episodes are written once, whole, and read back as they were."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.episodes import episode, run
from townsfolk.store.database import Database
from townsfolk.store.episodes import finished_keys, outlines, read_episode, write_episode
from townsfolk.store.errors import DatabaseError
from townsfolk.store.records import Score
from townsfolk.store.runs import add_run, find_run, summaries


def test_an_episode_is_read_back_as_it_was_written(database: Database) -> None:
    add_run(database, run())
    written = episode(run(), "a")
    write_episode(database, written)
    assert read_episode(database, written.id) == written
    assert read_episode(database, written.id[:6]) == written


def test_an_episode_that_is_written_again_is_there_once(database: Database) -> None:
    add_run(database, run())
    write_episode(database, episode(run(), "a", status="failed"))
    write_episode(database, episode(run(), "a"))
    (one,) = outlines(database, run().id)
    assert (one.key, one.status, one.turns, one.faults) == ("a", "finished", 2, 1)
    assert len(read_episode(database, one.id).scores) == 2


def test_an_episode_with_something_broken_leaves_nothing_of_itself(database: Database) -> None:
    add_run(database, run())
    twice = Score("satisfaction", 1.0, "", "rules", "1")
    with pytest.raises(DatabaseError):
        write_episode(database, replace(episode(run(), "a"), scores=(twice, twice)))
    assert outlines(database, run().id) == []


def test_an_episode_of_no_run_is_refused(database: Database) -> None:
    with pytest.raises(DatabaseError):
        write_episode(database, episode(run(), "a"))


def test_a_run_tells_how_far_it_is(database: Database) -> None:
    add_run(database, run("older", created_at="2026-11-22T10:00:00+00:00"))
    add_run(database, run("newer"))
    write_episode(database, episode(run("older"), "a"))
    write_episode(database, episode(run("older"), "b", status="failed", seed=2))
    newest, older = summaries(database)
    assert (newest.run, newest.finished, newest.seconds) == (run("newer"), 0, 0.0)
    assert (older.run.id, older.finished, older.failed) == ("run-older", 1, 1)
    assert (older.turns, older.faults, older.seconds) == (4, 2, 6.5)
    assert [s.run.name for s in summaries(database, limit=1)] == ["newer"]
    assert finished_keys(database, "run-older") == {"a", "b"}


def test_a_run_is_found_by_its_id_and_the_newest_by_its_name(database: Database) -> None:
    first = run()
    again = replace(first, id="run-again", created_at="2026-11-24T10:00:00+00:00")
    add_run(database, first)
    add_run(database, again)
    assert find_run(database, "run-evening") == first
    assert find_run(database, "evening") == again


def test_what_is_not_there_is_told(database: Database) -> None:
    with pytest.raises(DatabaseError, match="no run 'x'; see: townsfolk runs"):
        find_run(database, "x")
    with pytest.raises(DatabaseError, match="no episode '_'"):
        read_episode(database, "_")
    add_run(database, run())
    for key in "ab":
        write_episode(database, episode(run(), key))
    with pytest.raises(DatabaseError, match="more than one episode"):
        read_episode(database, "")
