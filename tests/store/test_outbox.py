"""The outbox: what waits is sent once, by one, and stays known."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import URL, text

from tests.support.episodes import run
from townsfolk.store import outbox
from townsfolk.store.database import Database
from townsfolk.store.outbox import Item, Kind, counts, put, take
from townsfolk.store.runs import add_run, summaries

TARGET = "pk at http://here"


def item(name: str, content: str = "a", refused: str = "", kind: Kind = "score") -> Item:
    return Item(name, kind, f"digest of {content}", content.encode(), refused)


def queue(database: Database, items: Iterable[Item], episode: str = "e", to: str = TARGET) -> int:
    with database.writing() as connection:
        return put(connection, episode, items, to)


def taken(database: Database, count: int = 10, size: int = 1000, seconds: float = 60) -> list[str]:
    return [entry.id for entry in take(database, count, size, seconds)]


def test_what_is_queued_twice_waits_once(database: Database) -> None:
    assert queue(database, [item("a"), item("b")]) == 2
    assert queue(database, [item("a"), item("b")]) == 0
    assert counts(database).waiting == 2


def test_what_changed_waits_as_it_is_now(database: Database) -> None:
    queue(database, [item("a", "old"), item("gone")])
    assert queue(database, [item("a", "new")]) == 1
    (entry,) = take(database, 10, 1000, 60)
    assert (entry.id, entry.payload) == ("a", b"new")


def test_what_was_sent_is_not_sent_there_again(database: Database) -> None:
    queue(database, [item("a")])
    outbox.mark_sent(database, take(database, 10, 1000, 60), TARGET)
    assert queue(database, [item("a")]) == 0
    assert taken(database) == []
    assert queue(database, [item("a")], to="pk at http://elsewhere") == 1
    assert taken(database) == ["a"]


def test_what_was_sent_and_changed_is_sent_again(database: Database) -> None:
    queue(database, [item("a", "old")])
    outbox.mark_sent(database, take(database, 10, 1000, 60), TARGET)
    assert queue(database, [item("a", "new")]) == 1
    assert taken(database) == ["a"]


def test_a_change_while_the_old_is_being_sent_is_not_lost(database: Database) -> None:
    queue(database, [item("a", "old")])
    old = take(database, 10, 1000, 60)
    queue(database, [item("a", "new")])
    outbox.mark_sent(database, old, TARGET)
    assert taken(database) == ["a"]


def test_two_do_not_take_the_same_rows(database: Database) -> None:
    queue(database, [item(name) for name in "abcd"])
    assert taken(database, count=3) == ["a", "b", "c"]
    assert taken(database, count=3) == ["d"]
    assert taken(database, count=3) == []


def test_what_somebody_held_too_long_is_free_again(database: Database) -> None:
    queue(database, [item("a")])
    assert taken(database, seconds=0) == ["a"]
    assert taken(database) == ["a"]
    assert taken(database) == []
    first = outbox.free_at(database)
    assert first is not None
    assert first > 0


def test_the_oldest_come_first_and_spans_before_their_scores(database: Database) -> None:
    queue(database, [item("z")], "first")
    queue(database, [item("a"), item("b", kind="spans")], "second")
    assert taken(database) == ["z", "b", "a"]


def test_as_many_are_taken_as_fit_and_one_at_least(database: Database) -> None:
    queue(database, [item(name, "12345") for name in "abc"])
    assert taken(database, size=10) == ["a", "b"]
    assert taken(database, size=1) == ["c"]


def test_what_was_tried_often_goes_alone_and_last(database: Database) -> None:
    queue(database, [item("a")])
    for _ in range(outbox.ALONE_AFTER):
        outbox.mark_tried(database, take(database, 1, 1000, 60), "500")
    queue(database, [item("b"), item("c")], "later")
    assert taken(database) == ["b", "c"]
    assert taken(database) == ["a"]


def test_what_is_refused_stays_with_its_reason_until_it_is_queued_again(database: Database) -> None:
    queue(database, [item("a"), item("b", refused="out of range")])
    outbox.mark_refused(database, take(database, 10, 1000, 60), "400 broken")
    assert taken(database) == []
    assert (counts(database).waiting, counts(database).refused) == (0, 2)
    reasons = {row.id: row.reason for row in outbox.refused(database, 10)}
    assert reasons == {"a": "400 broken", "b": "out of range"}
    queue(database, [item("a"), item("b", refused="out of range")])
    assert taken(database) == ["a"]


def test_what_is_taken_out_is_not_sent(database: Database) -> None:
    queue(database, [item("a")], "one")
    queue(database, [item("b")], "other")
    with database.writing() as connection:
        outbox.take_out(connection, "one")
    assert taken(database) == ["b"]


def test_a_store_of_before_gets_an_outbox_and_keeps_its_runs(url: URL, database: Database) -> None:
    add_run(database, run())
    with database.writing() as connection:
        connection.execute(text("DROP TABLE outbox"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    opened = Database(url)
    assert counts(opened).waiting == 0
    assert [summary.run for summary in summaries(opened)] == [run()]
    opened.close()
