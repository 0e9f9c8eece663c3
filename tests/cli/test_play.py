"""`townsfolk play` as its user runs it: a process, with the embedded model."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.model

RUN = [sys.executable, "-c", "from townsfolk.cli import main; main()"]


@pytest.fixture(scope="module")
def hamlet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The town that `townsfolk new` makes, with its lore embedded."""
    folder = tmp_path_factory.mktemp("towns") / "hamlet"
    for arguments in (["new", str(folder)], ["index", "--town", str(folder)]):
        subprocess.run([*RUN, *arguments], check=True, capture_output=True)
    return folder


def environment(**changes: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("TOWNSFOLK_")}
    return {**kept, **changes}


def townsfolk(*arguments: str, stdin: str = "", **changes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*RUN, *arguments],
        input=stdin,
        env=environment(**changes),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def without_timings(file: Path) -> dict[str, Any]:
    transcript: dict[str, Any] = json.loads(file.read_text())
    del transcript["started_at"]
    for turn in transcript["turns"]:
        del turn["timing"]
    for span in transcript["crew"]:
        del span["began"], span["seconds"]
    return transcript


def test_a_new_town_plays_its_scene(hamlet: Path, tmp_path: Path) -> None:
    done = townsfolk("play", "first_meeting", "--town", str(hamlet), "--seed", "5",
                     "--json", str(tmp_path / "a.json"))  # fmt: skip
    assert done.returncode == 0, done.stderr
    transcript = json.loads((tmp_path / "a.json").read_text())
    assert transcript["status"] == "finished"
    for turn in transcript["turns"]:
        assert f"{turn['speech']}" in done.stdout
    assert "finished:" in done.stdout
    assert "Traceback" not in done.stderr
    assert "\x1b[" not in done.stdout

    again = townsfolk("play", "--town", str(hamlet), "--seed", "5",
                      "--json", str(tmp_path / "b.json"))  # fmt: skip
    assert again.returncode == 0
    assert without_timings(tmp_path / "a.json") == without_timings(tmp_path / "b.json")


def test_a_human_plays_through_standard_input(hamlet: Path, tmp_path: Path) -> None:
    file = tmp_path / "human.json"
    done = townsfolk("play", "--town", str(hamlet), "--player", "human", "--json", str(file),
                     stdin="Good evening to you both.\n")  # fmt: skip
    assert done.returncode == 0, done.stderr
    transcript = json.loads(file.read_text())
    said = [turn["speech"] for turn in transcript["turns"] if turn["origin"] == "player"]
    assert said == ["Good evening to you both."]


def test_ctrl_c_keeps_what_was_said(hamlet: Path, tmp_path: Path) -> None:
    file = tmp_path / "stopped.json"
    process = subprocess.Popen(
        [*RUN, "play", "--town", str(hamlet), "--json", str(file)],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if file.exists() and json.loads(file.read_text())["turns"]:
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    transcript = json.loads(file.read_text())
    assert process.returncode == 130
    assert transcript["status"] == "stopped"
    assert transcript["turns"]
    assert "Traceback" not in errors


def test_kill_9_leaves_a_whole_file(hamlet: Path, tmp_path: Path) -> None:
    file = tmp_path / "killed.json"
    process = subprocess.Popen(
        [*RUN, "play", "--town", str(hamlet), "--json", str(file)],
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and not (
        file.exists() and len(json.loads(file.read_text())["turns"]) >= 2
    ):
        time.sleep(0.02)
    process.kill()
    process.wait()
    transcript = json.loads(file.read_text())
    assert transcript["status"] == "running"
    assert len(transcript["turns"]) >= 2


@pytest.mark.parametrize(
    ("arguments", "settings", "said"),
    [
        (["play", "--language", "ko"], {}, "does not speak Korean"),
        (["play", "frist_meeting"], {}, "id you mean 'first_meeting'"),
        (["play"], {"TOWNSFOLK_NPC_MODEL": "ollama_chat/llama3.1",
                    "OLLAMA_HOST": "http://127.0.0.1:9"}, "no Ollama answers"),
        (["play", "--json", "/proc/nowhere/a.json"], {}, "cannot be written"),
        (["play", "--language", "fr"], {}, "'fr' is not one of"),
    ],
    ids=["language", "scene", "ollama", "json", "french"],
)  # fmt: skip
def test_what_cannot_be_played_is_said_at_once(
    hamlet: Path, arguments: list[str], settings: dict[str, str], said: str
) -> None:
    done = townsfolk(*arguments, "--town", str(hamlet), **settings)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unwritable_home_does_not_matter(hamlet: Path, tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    shutil.copytree(hamlet, locked, ignore=shutil.ignore_patterns("crewai"))
    done = townsfolk("play", "--town", str(locked), HOME="/proc", XDG_DATA_HOME="/proc")
    assert done.returncode == 0, done.stderr
