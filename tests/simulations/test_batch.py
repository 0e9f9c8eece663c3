"""Whole batches in processes of their own, with the embedded model: nothing lost, nothing twice."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from townsfolk.store.database import Database
from townsfolk.store.episodes import outlines, read_episode
from townsfolk.store.runs import runs_named, summaries

pytestmark = pytest.mark.model

SMALL = Path(__file__).parent.parent / "towns" / "good_small"
PLAYERS = """\
asker:
  name: {en: the asker, ko: 묻는 이}
  persona: Asks.
  goal: {talk: true}
  turns: 2
  habits: {greets: false, thanks: false}
"""
RUN = """\
chats:
  - npc: baker
    place: The oven
    premise: It is hot.
    players: [asker]
languages: [en]
seeds: SEEDS
limits: {turns: 1}
processes: 2
"""


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    folder = tmp_path / "town"
    shutil.copytree(SMALL, folder)
    (folder / "simulations").mkdir()
    (folder / "simulations" / "players.yaml").write_text(PLAYERS, encoding="utf-8")
    return folder


def plan(town: Path, seeds: int, name: str = "evening", more: str = "") -> None:
    text = RUN.replace("SEEDS", str(seeds)) + more
    (town / "simulations" / f"{name}.yaml").write_text(text, encoding="utf-8")


def started(town: Path, *options: str) -> subprocess.Popen[str]:
    name = options[0] if options else "evening"
    command = [sys.executable, "-m", "townsfolk", "simulate", name, "--town", str(town)]
    return subprocess.Popen(
        [*command, *options[1:]],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )


def simulate(town: Path, *options: str) -> tuple[int, str]:
    process = started(town, *options)
    told, _ = process.communicate(timeout=300)
    return process.returncode, told


def kill(process: subprocess.Popen[str]) -> None:
    """Kill it and all of its processes, so that nobody can put anything away."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def keys(town: Path) -> list[str]:
    database = Database.of_town(town)
    try:
        return [
            o.key for run in runs_named(database, "evening") for o in outlines(database, run.id)
        ]
    finally:
        database.close()


def test_a_batch_is_played_and_kept(small: Path) -> None:
    plan(small, 6)
    code, told = simulate(small)
    assert code == 0, told
    assert "6 of 6 episodes to play" in told
    database = Database.of_town(small)
    (summary,) = summaries(database)
    assert (summary.finished, summary.failed) == (6, 0)
    episode = read_episode(database, outlines(database, summary.run.id)[0].id)
    database.close()
    said = [(turn.speaker, turn.intent) for turn in episode.transcript.turns]
    assert said == [("player", "small_talk"), ("baker", "")]
    assert {"response_time", "tokens", "calls", "goal_reached"} <= {s.name for s in episode.scores}


def test_the_same_command_finds_nothing_left_and_more_seeds_are_added(small: Path) -> None:
    plan(small, 2)
    simulate(small)
    assert "all 2 episodes are there" in simulate(small)[1]
    plan(small, 3)
    assert "1 of 3 episodes to play, 2 are there" in simulate(small)[1]
    assert len(set(keys(small))) == len(keys(small)) == 3


def test_a_changed_persona_is_not_mixed_into_an_old_run(small: Path) -> None:
    plan(small, 2)
    simulate(small, "evening", "--limit", "1")
    with (small / "agents.yaml").open("a", encoding="utf-8") as agents:
        agents.write("# another wind\n")
    code, told = simulate(small)
    assert code == 2
    assert "agents.yaml has changed" in told
    assert "--new" in told
    assert len(keys(small)) == 1
    assert simulate(small, "evening", "--new")[0] == 0
    assert len(keys(small)) == 3


def test_what_is_killed_goes_on_where_it_was(small: Path) -> None:
    plan(small, 40)
    generator = random.Random(5)
    before = 0
    for _ in range(4):
        process = started(small)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and process.poll() is None:
            if (small / ".townsfolk" / "town.db").exists() and len(keys(small)) > before:
                break
            time.sleep(0.05)
        time.sleep(generator.random())
        kill(process)
        now = keys(small)
        assert len(set(now)) == len(now) > before
        before = len(now)
    code, told = simulate(small)
    assert code == 0, told
    assert len(keys(small)) == len(set(keys(small))) == 40
    assert len(runs_named(Database.of_town(small), "evening")) == 1


def test_two_batches_at_once_in_one_town(small: Path) -> None:
    plan(small, 6)
    plan(small, 6, "morning")
    both = [started(small, "evening"), started(small, "morning")]
    told = [process.communicate(timeout=300)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], told
    database = Database.of_town(small)
    assert sorted(s.finished for s in summaries(database)) == [6, 6]
    database.close()


def test_a_process_of_the_batch_that_dies_is_replaced(small: Path) -> None:
    plan(small, 30)
    process = started(small)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and len(keys(small)) < 3:
        time.sleep(0.1)
    found = subprocess.run(
        ["pgrep", "-P", str(process.pid), "-f", "spawn_main"], capture_output=True, text=True
    ).stdout.split()
    os.kill(int(found[-1]), signal.SIGKILL)
    told, _ = process.communicate(timeout=300)
    assert process.returncode == 0, told
    assert len(keys(small)) == len(set(keys(small))) == 30


def test_twenty_conversations_of_the_sample_run(repository: Path, tmp_path: Path) -> None:
    town = tmp_path / "osmere"
    town.mkdir()
    for name in ("town.yaml", "agents.yaml", "tasks.yaml", "actions.yaml"):
        shutil.copy(repository / name, town)
    for name in ("crews", "knowledge", "simulations"):
        shutil.copytree(repository / name, town / name)
    code, told = simulate(town, "thousand", "--limit", "20")
    assert code == 0, told
    database = Database.of_town(town)
    (summary,) = summaries(database)
    assert (summary.finished, summary.failed) == (20, 0)
    prompts = [
        turn.prompt_tokens / turn.calls
        for outline in outlines(database, summary.run.id)
        for turn in read_episode(database, outline.id).transcript.turns
        if turn.calls
    ]
    database.close()
    assert len(prompts) > 40
    assert max(prompts) <= 400, sorted(prompts)[-9:]


def test_a_dry_run_plays_nothing(small: Path) -> None:
    plan(small, 50)
    code, told = simulate(small, "evening", "--dry-run")
    assert code == 0
    assert "50 episodes" in told
    assert not (small / ".townsfolk" / "town.db").exists()
