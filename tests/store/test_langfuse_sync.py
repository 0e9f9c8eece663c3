"""Whatever the server does, in the end everything is there, once."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import URL

from tests.support.episodes import episode, run
from tests.support.langfuse_server import (
    FakeLangfuse,
    Reply,
    cut,
    fake_langfuse,
    hanging,
    holding,
    larger_than,
    once,
)
from townsfolk.store import outbox
from townsfolk.store.database import Database
from townsfolk.store.episodes import read_episode, write_episode
from townsfolk.store.langfuse.errors import LangfuseError
from townsfolk.store.langfuse.queueing import queue_stored
from townsfolk.store.langfuse.settings import LangfuseSettings, langfuse_settings
from townsfolk.store.langfuse.sync import Pace, Report, sync
from townsfolk.store.outbox import counts
from townsfolk.store.records import Episode, Score
from townsfolk.store.runs import add_run

QUICK = Pace(request_seconds=5, held_seconds=5, first_wait=0.01, longest_wait=0.05)


@pytest.fixture(autouse=True)
def _no_langfuse(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*os.environ]:
        if name.startswith("LANGFUSE_"):
            monkeypatch.delenv(name)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    opened = Database(URL.create("sqlite", database=str(tmp_path / "sync.db")))
    yield opened
    opened.close()


@pytest.fixture(params=["3.150.0", "4.16.0"])
def server(request: pytest.FixtureRequest) -> Iterator[FakeLangfuse]:
    with fake_langfuse(request.param) as running:
        yield running


@pytest.fixture
def newest() -> Iterator[FakeLangfuse]:
    with fake_langfuse() as running:
        yield running


def set_up(monkeypatch: pytest.MonkeyPatch, settings: LangfuseSettings) -> None:
    monkeypatch.setenv("LANGFUSE_BASE_URL", settings.base_url)
    monkeypatch.setenv("LANGFUSE_PUBLIC_KEY", settings.public_key)
    monkeypatch.setenv("LANGFUSE_SECRET_KEY", settings.secret_key)


def play(database: Database, number: int = 3) -> list[Episode]:
    """Write a run with so many episodes.

    Each has four things to send: the spans of a turn, those of its score, and two scores.
    """
    add_run(database, run())
    played = [episode(run(), f"episode {index}", seed=index) for index in range(number)]
    for one in played:
        write_episode(database, one)
    return played


def queue(database: Database, settings: LangfuseSettings, number: int = 3) -> list[Episode]:
    played = play(database, number)
    queue_stored(database, None, settings)
    return played


def send(database: Database, settings: LangfuseSettings, seconds: float = 20) -> Report:
    return sync(database, settings, seconds, QUICK)


def assert_all_there(server: FakeLangfuse, played: list[Episode]) -> None:
    assert server.sessions == {one.id for one in played}
    assert len(server.traces) == len(played)
    assert all(len(spans) == 4 for spans in server.traces.values())
    assert len(server.scores) == 2 * len(played)


def assert_nothing_twice(server: FakeLangfuse) -> None:
    assert {*server.times_sent.values()} == {1}


def test_an_episode_is_queued_as_it_is_written_and_sent(
    database: Database, server: FakeLangfuse, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(monkeypatch, server.settings)
    played = play(database)
    assert server.requests == []
    report = send(database, server.settings)
    assert (report.traces, report.scores, report.left, report.refused) == (3, 6, 0, 0)
    assert report.stopped == ""
    assert_all_there(server, played)
    assert_nothing_twice(server)


def test_without_langfuse_nothing_is_queued_and_a_run_can_be_queued_later(
    database: Database, newest: FakeLangfuse
) -> None:
    played = play(database)
    assert counts(database).waiting == 0
    queue_stored(database, run().id, newest.settings)
    queue_stored(database, None, newest.settings)
    send(database, newest.settings)
    assert_all_there(newest, played)
    assert_nothing_twice(newest)


def test_what_was_sent_is_not_sent_again_and_what_is_new_is(
    database: Database, newest: FakeLangfuse, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(monkeypatch, newest.settings)
    played = play(database)
    send(database, newest.settings)
    more = Score("rag_relevance", 0.9, "", "judge", "1", turn=2)
    write_episode(database, replace(played[0], scores=(*played[0].scores, more)))
    assert queue_stored(database, None, newest.settings) == 0
    assert counts(database).waiting == 2
    send(database, newest.settings)
    assert len(newest.scores) == 7
    assert_nothing_twice(newest)


def test_an_episode_written_again_without_langfuse_is_not_sent_as_it_was(
    database: Database, newest: FakeLangfuse, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(monkeypatch, newest.settings)
    played = play(database)
    monkeypatch.delenv("LANGFUSE_PUBLIC_KEY")
    monkeypatch.delenv("LANGFUSE_SECRET_KEY")
    write_episode(database, played[0])
    send(database, newest.settings)
    assert newest.sessions == {one.id for one in played[1:]}


def test_an_episode_is_kept_though_langfuse_is_set_up_wrongly(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGFUSE_PUBLIC_KEY", "pk")
    monkeypatch.setenv("LANGFUSE_SECRET_KEY", "sk")
    add_run(database, run())
    with pytest.raises(LangfuseError, match="the vendor's cloud would be meant"):
        write_episode(database, episode(run(), "a"))
    kept = read_episode(database, episode(run(), "a").id)
    assert kept.transcript.turns


def test_a_server_that_is_away_loses_nothing_and_costs_no_tries(store: Database) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    away = LangfuseSettings(f"http://127.0.0.1:{port}", "pk-lf-test", "sk-lf-test")
    played = queue(store, away)
    report = send(store, away)
    assert report.left == 12
    assert "cannot be reached" in report.stopped
    with fake_langfuse(port=port) as server:
        assert send(store, server.settings).left == 0
        assert_all_there(server, played)
        assert_nothing_twice(server)


def test_ten_thousand_scores_that_waited_are_there_once(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fake_langfuse() as server:
        set_up(monkeypatch, server.settings)
        add_run(store, run())
        for key in range(10):
            scores = tuple(
                Score(f"score {number}", number, "까닭", "rules", "1") for number in range(1000)
            )
            write_episode(store, replace(episode(run(), str(key)), scores=scores))
        began = time.monotonic()
        report = send(store, server.settings, 60)
        assert time.monotonic() - began < 30
        assert (report.scores, report.left) == (10_000, 0)
        assert len(server.scores) == 10_000
        assert_nothing_twice(server)
        assert all(size < 3_100_000 for _, size in server.requests)


def test_a_server_that_hangs_is_left_when_the_time_is_over(
    store: Database, newest: FakeLangfuse
) -> None:
    played = queue(store, newest.settings)
    newest.before.append(hanging(3))
    began = time.monotonic()
    report = send(store, newest.settings, 1)
    assert time.monotonic() - began < 2.5
    assert report.left == 12
    assert report.stopped == "no answer in time"
    newest.before.clear()
    assert send(store, newest.settings).left == 0
    assert_all_there(newest, played)


def test_one_refused_row_keeps_nothing_else_back(store: Database, server: FakeLangfuse) -> None:
    played = queue(store, server.settings, 8)
    poison = b"Failed to parse OTel Protobuf Trace"
    server.before.append(holding(played[5].id, Reply(400, {"error": poison.decode()})))
    report = send(store, server.settings)
    assert (report.traces, report.scores, report.left) == (7, 15, 0)
    # Its spans, those of its score, and the score of its session; the other names a trace only.
    assert report.refused == 3
    reasons = {row.reason for row in outbox.refused(store, 10)}
    assert reasons == {"400 Failed to parse OTel Protobuf Trace"}
    assert_nothing_twice(server)
    server.before.clear()
    queue_stored(store, None, server.settings)
    assert send(store, server.settings).left == 0
    assert_all_there(server, played)


def test_a_server_that_refuses_everything_does_not_spoil_the_outbox(
    store: Database, newest: FakeLangfuse
) -> None:
    played = queue(store, newest.settings, 40)
    newest.before.append(lambda path, body: Reply(400, {"message": "ingestion is closed"}))
    with pytest.raises(LangfuseError, match="takes nothing of what it is given"):
        send(store, newest.settings)
    assert counts(store).waiting == 150
    newest.before.clear()
    queue_stored(store, None, newest.settings)
    assert send(store, newest.settings).left == 0
    assert_all_there(newest, played)


def test_one_refused_event_of_a_batch_is_kept_with_the_servers_words(
    store: Database, server: FakeLangfuse
) -> None:
    queue(store, server.settings)
    server.refused_events["satisfaction"] = (400, "Invalid request data")
    report = send(store, server.settings)
    assert (report.scores, report.refused, report.left) == (3, 3, 0)
    (row, *_) = outbox.refused(store, 10)
    assert row.reason == "400 Invalid request data"


def test_an_event_that_the_server_could_not_keep_is_sent_again(
    store: Database, newest: FakeLangfuse
) -> None:
    played = queue(store, newest.settings)
    newest.refused_events["satisfaction"] = (500, "Internal Server Error")
    threading.Timer(0.3, newest.refused_events.clear).start()
    assert send(store, newest.settings).left == 0
    assert_all_there(newest, played)
    assert_nothing_twice(newest)


def test_a_batch_that_is_too_large_is_divided(store: Database, server: FakeLangfuse) -> None:
    played = queue(store, server.settings, 8)
    server.before.append(larger_than(6000))
    report = send(store, server.settings)
    assert (report.left, report.refused) == (0, 0)
    assert_all_there(server, played)
    assert_nothing_twice(server)


def test_a_row_that_is_too_large_alone_is_refused(store: Database, newest: FakeLangfuse) -> None:
    long = episode(run(), "long")
    long.transcript.turns[1].speech = "길" * 3000
    add_run(store, run())
    write_episode(store, long)
    queue_stored(store, None, newest.settings)
    newest.before.append(larger_than(8000))
    report = send(store, newest.settings)
    # The spans of the turn, and those of its score, which tell the line as well.
    assert (report.scores, report.refused, report.left) == (2, 2, 0)


def test_a_server_that_asks_to_wait_is_given_its_time(
    store: Database, newest: FakeLangfuse
) -> None:
    played = queue(store, newest.settings)
    busy = Reply(429, {"message": "Rate limit exceeded"}, {"retry-after": "1"})
    newest.before.append(once(lambda path, body: busy))
    began = time.monotonic()
    assert send(store, newest.settings).left == 0
    assert time.monotonic() - began >= 1
    assert_all_there(newest, played)
    assert_nothing_twice(newest)


def test_a_wait_that_is_longer_than_the_time_ends_the_sync(
    store: Database, newest: FakeLangfuse
) -> None:
    queue(store, newest.settings)
    busy = Reply(429, {"message": "Rate limit exceeded"}, {"retry-after": "3600"})
    newest.before.append(lambda path, body: busy)
    began = time.monotonic()
    report = send(store, newest.settings)
    assert time.monotonic() - began < 2
    assert (report.left, report.stopped) == (12, "429 Rate limit exceeded")


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_server_that_is_unwell_is_tried_again(
    store: Database, newest: FakeLangfuse, status: int
) -> None:
    played = queue(store, newest.settings)
    broken = Reply(status, b"<html>Bad Gateway</html>", {"content-type": "text/html"})
    newest.before += [once(lambda path, body: broken), once(lambda path, body: broken)]
    assert send(store, newest.settings).left == 0
    assert_all_there(newest, played)
    assert_nothing_twice(newest)


def test_one_row_that_breaks_the_server_is_left_and_the_others_are_sent(
    store: Database, newest: FakeLangfuse
) -> None:
    played = queue(store, newest.settings)
    newest.before.append(holding(played[1].id, Reply(500, {"message": "oh"})))
    report = send(store, newest.settings, 3)
    assert (report.left, report.traces, report.scores) == (3, 2, 5)
    assert report.stopped == "500 oh"


def test_an_answer_that_breaks_off_doubles_nothing(store: Database, server: FakeLangfuse) -> None:
    played = queue(store, server.settings)
    server.after += [once(cut), once(cut), once(cut)]
    assert send(store, server.settings).left == 0
    assert_all_there(server, played)


@pytest.mark.parametrize("status", [401, 403])
def test_refused_keys_are_told_and_nothing_is_lost(
    store: Database, newest: FakeLangfuse, status: int
) -> None:
    played = queue(store, newest.settings)
    if status == 403:
        newest.before.append(lambda path, body: Reply(403, {"message": "Forbidden"}))
    settings = newest.settings if status == 403 else replace(newest.settings, secret_key="wrong")
    with pytest.raises(LangfuseError, match=r"refuses the keys.*LANGFUSE_SECRET_KEY") as raised:
        send(store, settings)
    assert "sk-lf" not in str(raised.value)
    newest.before.clear()
    assert send(store, newest.settings).left == 0
    assert_all_there(newest, played)


def test_a_score_outside_its_range_is_not_sent(store: Database, newest: FakeLangfuse) -> None:
    wrong = (Score("satisfaction", 7.0, "", "rules", "1"), Score("x", float("inf"), "", "r", "1"))
    add_run(store, run())
    write_episode(store, replace(episode(run(), "a"), scores=wrong))
    queue_stored(store, None, newest.settings)
    send(store, newest.settings)
    assert newest.scores == {}
    assert {row.reason for row in outbox.refused(store, 10)} == {
        "the score satisfaction is 7; allowed is 0 to 1",
        "the score x is inf, which is no number",
    }


def test_what_is_no_langfuse_is_told(store: Database, newest: FakeLangfuse) -> None:
    queue(store, newest.settings)
    elsewhere = replace(newest.settings, base_url=f"{newest.settings.base_url}/elsewhere")
    with pytest.raises(LangfuseError, match="is no Langfuse"):
        send(store, elsewhere)
    told = r"update it to 3\.22"
    with fake_langfuse("3.21.9") as old, pytest.raises(LangfuseError, match=told):
        send(store, old.settings)
    assert counts(store).waiting == 12


def test_two_syncs_at_once_send_everything_once(database: Database, newest: FakeLangfuse) -> None:
    played = queue(database, newest.settings, 12)
    few = replace(QUICK, events=5)
    newest.before.append(hanging(0.02))
    syncs = [
        threading.Thread(target=sync, args=(database, newest.settings, 20, few)) for _ in range(3)
    ]
    for one in syncs:
        one.start()
    for one in syncs:
        one.join(30)
    assert counts(database).waiting == 0
    assert_all_there(newest, played)
    assert_nothing_twice(newest)


def test_a_sync_that_is_killed_loses_and_doubles_nothing(
    tmp_path: Path, store: Database, newest: FakeLangfuse
) -> None:
    played = queue(store, newest.settings, 30)
    newest.before.append(hanging(0.1))
    program = """
import sys
from sqlalchemy import URL
from townsfolk.store.database import Database
from townsfolk.store.langfuse.settings import LangfuseSettings
from townsfolk.store.langfuse.sync import Pace, sync
database = Database(URL.create("sqlite", database=sys.argv[1]))
settings = LangfuseSettings(sys.argv[2], "pk-lf-test", "sk-lf-test")
sync(database, settings, 60, Pace(events=6, held_seconds=2))
"""
    for _ in range(2):
        seen = len(newest.times_sent)
        given = [str(tmp_path / "sync.db"), newest.settings.base_url]
        process = subprocess.Popen([sys.executable, "-c", program, *given])
        while len(newest.times_sent) < seen + 8:
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    assert 0 < counts(store).waiting < 120
    newest.before.clear()
    assert send(store, newest.settings).left == 0
    assert_all_there(newest, played)
    # Only what had been taken, and not been told to us, came twice: a batch for each kill.
    assert sum(times - 1 for times in newest.times_sent.values()) <= 2 * 6 * 3


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"PUBLIC_KEY": "pk", "SECRET_KEY": "sk"}, "LANGFUSE_BASE_URL is not: without an address"),
        ({"PUBLIC_KEY": "pk"}, "LANGFUSE_SECRET_KEY is not set, and the other key is"),
        ({"SECRET_KEY": "sk"}, "LANGFUSE_PUBLIC_KEY is not set, and the other key is"),
        (
            {"PUBLIC_KEY": "pk", "SECRET_KEY": "sk", "BASE_URL": "here:3000"},
            "LANGFUSE_BASE_URL is 'here:3000', which is no address",
        ),
        (
            {"PUBLIC_KEY": "pk", "SECRET_KEY": "sk", "BASE_URL": "http://me:secret@here"},
            "LANGFUSE_BASE_URL is no address that can be used; set it to",
        ),
        (
            {
                "PUBLIC_KEY": "pk", "SECRET_KEY": "sk", "BASE_URL": "http://here",
                "TRACING_ENVIRONMENT": "Prod!",
            },
            "LANGFUSE_TRACING_ENVIRONMENT is 'Prod!'; allowed are",
        ),
    ],
)  # fmt: skip
def test_what_is_set_up_wrongly_is_told(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], told: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"LANGFUSE_{name}", value)
    with pytest.raises(LangfuseError, match=told):
        langfuse_settings()


def test_the_older_name_of_the_address_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert langfuse_settings() is None
    monkeypatch.setenv("LANGFUSE_HOST", "https://here/")
    assert langfuse_settings() is None
    monkeypatch.setenv("LANGFUSE_PUBLIC_KEY", "pk")
    monkeypatch.setenv("LANGFUSE_SECRET_KEY", "sk")
    found = langfuse_settings()
    assert found is not None
    assert found.base_url == "https://here"
    assert "sk" not in repr(found)
