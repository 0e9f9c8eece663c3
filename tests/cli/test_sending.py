"""What was played goes to Langfuse at its end; that Langfuse is away is told, and no failure."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.episodes import episode, run
from tests.support.langfuse_server import fake_langfuse
from townsfolk.cli.sending import require_usable_langfuse, send_waiting
from townsfolk.store.database import Database
from townsfolk.store.episodes import write_episode
from townsfolk.store.langfuse.errors import LangfuseError
from townsfolk.store.langfuse.settings import LangfuseSettings
from townsfolk.store.runs import add_run


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*os.environ]:
        if name.startswith("LANGFUSE_") or name == "DATABASE_URL":
            monkeypatch.delenv(name)


def name_project(monkeypatch: pytest.MonkeyPatch, settings: LangfuseSettings) -> None:
    monkeypatch.setenv("LANGFUSE_BASE_URL", settings.base_url)
    monkeypatch.setenv("LANGFUSE_PUBLIC_KEY", settings.public_key)
    monkeypatch.setenv("LANGFUSE_SECRET_KEY", settings.secret_key)


def played(town: Path) -> Database:
    database = Database.of_town(town)
    add_run(database, run())
    write_episode(database, episode(run(), "a"))
    return database


def test_without_langfuse_nothing_is_said(tmp_path: Path) -> None:
    told: list[str] = []
    require_usable_langfuse()
    database = played(tmp_path)
    send_waiting(database, 5, told.append)
    database.close()
    assert told == []


def test_keys_without_an_address_are_refused_before_anything_is_played(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LANGFUSE_PUBLIC_KEY", "pk")
    monkeypatch.setenv("LANGFUSE_SECRET_KEY", "sk")
    with pytest.raises(LangfuseError, match="LANGFUSE_BASE_URL is not"):
        require_usable_langfuse()


def test_what_waits_is_sent_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    with fake_langfuse() as server:
        name_project(monkeypatch, server.settings)
        database = played(tmp_path)
        send_waiting(database, 10, told.append)
        database.close()
        assert len(server.traces) == 1
    assert told == []


def test_a_server_that_is_away_is_told_and_everything_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    with fake_langfuse() as server:
        settings = server.settings
    name_project(monkeypatch, settings)
    database = played(tmp_path)
    send_waiting(database, 1, told.append)
    database.close()
    (line,) = told
    assert "4 wait" in line
    assert "townsfolk sync" in line
