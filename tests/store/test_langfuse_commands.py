"""`townsfolk sync` and `townsfolk langfuse setup` tell what they did and what is left."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.support.episodes import episode, run
from tests.support.langfuse_server import FakeLangfuse, fake_langfuse
from townsfolk.cli.findings import Finding, examine_langfuse
from townsfolk.cli.langfuse import command as langfuse
from townsfolk.cli.sync import command as sync
from townsfolk.store.database import Database
from townsfolk.store.episodes import write_episode
from townsfolk.store.langfuse.errors import LangfuseError
from townsfolk.store.runs import add_run


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*os.environ]:
        if name.startswith("LANGFUSE_") or name == "DATABASE_URL":
            monkeypatch.delenv(name)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeLangfuse]:
    with fake_langfuse() as running:
        monkeypatch.setenv("LANGFUSE_BASE_URL", running.settings.base_url)
        monkeypatch.setenv("LANGFUSE_PUBLIC_KEY", running.settings.public_key)
        monkeypatch.setenv("LANGFUSE_SECRET_KEY", running.settings.secret_key)
        yield running


def keep(town: Path) -> None:
    database = Database.of_town(town)
    add_run(database, run())
    write_episode(database, episode(run(), "a"))
    database.close()


def told(result: Result) -> str:
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.output


def called(*arguments: str) -> Result:
    return CliRunner().invoke(sync, arguments)


def findings(town: Path) -> list[Finding]:
    return list(examine_langfuse(town))


def test_what_waits_is_sent_and_told(tmp_path: Path, server: FakeLangfuse) -> None:
    keep(tmp_path)
    result = called("--town", str(tmp_path))
    assert told(result) == "sent 1 trace and 2 scores\n"
    assert result.exit_code == 0
    again = called("--all", "--town", str(tmp_path))
    assert told(again) == "queued 0 new or changed\nsent 0 traces and 0 scores\n"


def test_a_run_of_before_is_sent_when_it_is_named(
    tmp_path: Path, server: FakeLangfuse, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as without:
        without.delenv("LANGFUSE_PUBLIC_KEY")
        without.delenv("LANGFUSE_SECRET_KEY")
        keep(tmp_path)
    assert told(called("--town", str(tmp_path))) == "sent 0 traces and 0 scores\n"
    result = called("--run", "evening", "--town", str(tmp_path))
    assert told(result) == "queued 4 new or changed\nsent 1 trace and 2 scores\n"


def test_what_is_left_and_what_was_refused_is_told(tmp_path: Path, server: FakeLangfuse) -> None:
    keep(tmp_path)
    server.refused_events["satisfaction"] = (400, "Invalid")
    server.refused_events["response_time"] = (500, "Internal")
    result = called("--deadline", "0.3", "--town", str(tmp_path))
    lines = told(result).splitlines()
    assert lines[:3] == [
        "sent 1 trace and 0 scores",
        "left 1: 500 Internal",
        "refused 1, kept in the store:",
    ]
    assert "400 Invalid" in lines[3]
    assert result.exit_code == 1
    waiting, refused = findings(tmp_path)[1:]
    assert (waiting.found, waiting.remedy) == (
        "what waits to be sent: 1", "townsfolk sync",
    )  # fmt: skip
    assert "400 Invalid" in refused.found


def test_without_langfuse_it_is_told_how_to_set_it_up(tmp_path: Path) -> None:
    result = called("--town", str(tmp_path))
    assert isinstance(result.exception, LangfuseError)
    assert "Langfuse is not set up; set LANGFUSE_BASE_URL" in str(result.exception)
    assert [finding.found for finding in findings(tmp_path)] == ["not set up; nothing is sent"]
    assert not (tmp_path / ".townsfolk").exists()


def test_the_doctor_tells_which_langfuse_answers(tmp_path: Path, server: FakeLangfuse) -> None:
    (finding,) = findings(tmp_path)
    assert (finding.status, finding.found) == (
        "ok", f"{server.settings.base_url} is Langfuse 4.16.0",
    )  # fmt: skip


def test_the_doctor_tells_keys_without_an_address(
    tmp_path: Path, server: FakeLangfuse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LANGFUSE_BASE_URL")
    (finding,) = findings(tmp_path)
    assert finding.status == "note"
    assert "the vendor's cloud would be meant" in finding.remedy


def test_a_project_is_made_ready(tmp_path: Path, server: FakeLangfuse) -> None:
    keep(tmp_path)
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "turn.en.jinja").write_text("The town's own: {{ said }}")
    one = episode(run(), "a")
    arguments = ["setup", "--dataset", "gate", "--episodes", one.id[:8], "--town", str(tmp_path)]
    result = CliRunner().invoke(langfuse, arguments)
    lines = told(result).splitlines()
    assert lines[0] == "Langfuse 4.16.0"
    assert lines[1].startswith("score configs created: response_time, ")
    assert "turn.en" in lines[2]
    assert lines[3] == f"dataset gate: 1 lines of episode {one.id}"
    assert server.prompts["turn.en"][0]["prompt"] == "The town's own: {{ said }}"
    again = told(CliRunner().invoke(langfuse, ["setup", "--town", str(tmp_path)]))
    assert again.count("none, all are there") == 2


def test_a_dataset_without_episodes_is_a_mistake(tmp_path: Path, server: FakeLangfuse) -> None:
    result = CliRunner().invoke(langfuse, ["setup", "--dataset", "gate", "--town", str(tmp_path)])
    assert result.exit_code == 2
    assert "belong together" in result.output
