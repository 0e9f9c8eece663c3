"""`townsfolk play --continue FILE`: the rest of a scene, or another scene in its world."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.support.playing import NoLore, model_away
from townsfolk.cli.app import app
from townsfolk.crews.listener import QuietListener
from townsfolk.crews.play import Theatre
from townsfolk.crews.setting import Setting
from townsfolk.store.read_transcript import read_transcript
from townsfolk.store.transcript_file import TranscriptFile
from townsfolk.town.load import load_town
from townsfolk.town.scene_version import scene_version
from townsfolk.town.town import Town
from townsfolk.town.transcript import Progress, Transcript, Turn
from townsfolk.town.world import World
from townsfolk.turns.player import ScriptedPlayer

SCENE = "first_meeting"
Play = Callable[..., Result]


@pytest.fixture(autouse=True)
def _settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SCENE", "LANGUAGE", "PLAYER", "SEED", "NPC_MODEL", "TOWN"):
        monkeypatch.delenv(f"TOWNSFOLK_{name}", raising=False)
    monkeypatch.setenv("CREWAI_STORAGE_DIR", str(tmp_path / "crewai"))
    monkeypatch.setenv("CREWAI_TRACING_ENABLED", "false")
    monkeypatch.setenv("CREWAI_DISABLE_TELEMETRY", "true")


@pytest.fixture
def hamlet(tmp_path: Path, repository: Path) -> Path:
    folder = tmp_path / "hamlet"
    shutil.copytree(repository / "src/townsfolk/town/starter", folder)
    return folder


@pytest.fixture
def town(hamlet: Path) -> Town:
    return load_town(hamlet)


@pytest.fixture
def play(hamlet: Path, monkeypatch: pytest.MonkeyPatch) -> Play:
    """Runs `townsfolk play` in the hamlet, with a model that is away."""

    def opened(cls: type[Theatre], town: Town, *arguments: Any) -> Theatre:
        return cls(town, model_away(), NoLore())

    monkeypatch.setattr(Theatre, "open", classmethod(opened))

    def run(*arguments: str | Path) -> Result:
        return CliRunner().invoke(app, ["play", "--town", str(hamlet), *map(str, arguments)])

    return run


@pytest.fixture
def stopped(tmp_path: Path, town: Town) -> Path:
    """The file of a scene that was stopped before its first line."""
    scene = town.scenes[SCENE]
    return written(
        tmp_path / "stopped.json", status="stopped",
        world=town.start_world(scene),
        progress=Progress(
            version=scene_version(town, SCENE), place="The shed", present=["mender", "player"]
        ),
    )  # fmt: skip


def written(file: Path, **values: Any) -> Path:
    known = {"town": "Sandrel", "scene": SCENE, "title": "First meeting", "language": "en",
             "model": "m", "prompt_version": "v", "seed": 7, "player": "scripted"}  # fmt: skip
    TranscriptFile(file).write(Transcript.model_validate({**known, **values}))
    return file


def refused(result: Result, *said: str) -> None:
    assert result.exit_code == 2
    for words in said:
        assert words in " ".join(result.stderr.split())
    assert "Traceback" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)


# --- what cannot be gone on from


def test_a_file_that_is_not_there(play: Play, tmp_path: Path) -> None:
    refused(play("--continue", tmp_path / "none.json"), "none.json: No such file", "--json FILE")


def test_a_folder(play: Play, tmp_path: Path) -> None:
    refused(play("--continue", tmp_path), "is a directory")


@pytest.mark.parametrize("text", ["", "{", "Halt at the line.", "[]", '{"scene": "first_meeting"}'])
def test_a_file_that_is_no_transcript(play: Play, tmp_path: Path, text: str) -> None:
    file = tmp_path / "other.json"
    file.write_text(text)
    refused(play("--continue", file), "it is no transcript", "--json FILE")


def test_a_transcript_of_another_format(play: Play, tmp_path: Path) -> None:
    file = written(tmp_path / "new.json", format="townsfolk.transcript/9")
    refused(play("--continue", file), "its format is townsfolk.transcript/9")


def test_a_scene_whose_steps_have_changed(play: Play, stopped: Path, hamlet: Path) -> None:
    steps = hamlet / "crews" / f"{SCENE}.yaml"
    text = steps.read_text("utf-8")
    steps.write_text(text.replace("  - enter: [keeper]\n", "  - enter: [keeper]\n" * 2), "utf-8")
    refused(
        play("--continue", stopped),
        f"the steps of {SCENE} have changed since it was stopped",
        "play a scene in its world instead: townsfolk play SCENE --continue",
    )


def test_texts_may_change_while_a_scene_is_halted(play: Play, stopped: Path, hamlet: Path) -> None:
    tasks = hamlet / "tasks.yaml"
    tasks.write_text(tasks.read_text("utf-8").replace("spoken", "said"), "utf-8")
    assert play("--continue", stopped).exit_code == 0


def test_a_scene_that_the_town_does_not_have(play: Play, tmp_path: Path) -> None:
    file = written(tmp_path / "a.json", scene="harvest", status="stopped")
    refused(play("--continue", file), "the town has no scene 'harvest'", "townsfolk play SCENE")


def test_a_finished_scene_needs_the_name_of_the_next(play: Play, tmp_path: Path) -> None:
    file = written(tmp_path / "a.json", status="finished")
    refused(play("--continue", file), f"{SCENE} in", "is finished", "townsfolk play SCENE")


def test_the_rest_of_a_scene_is_played_in_its_language(play: Play, stopped: Path) -> None:
    refused(play("--continue", stopped, "--language", "ko"), "--language", "is played in 'en'")


def test_a_next_scene_that_the_town_does_not_have(play: Play, tmp_path: Path) -> None:
    file = written(tmp_path / "a.json", status="finished")
    refused(play("frist_meeting", "--continue", file), "did you mean 'first_meeting'")


def test_a_file_that_is_refused_stays_as_it_is(play: Play, tmp_path: Path) -> None:
    file = written(tmp_path / "a.json", scene="harvest", status="stopped")
    before = file.read_text("utf-8")
    play("--continue", file)
    assert file.read_text("utf-8") == before


# --- what is gone on with


class StopsAtOnce(QuietListener):
    def spoke(self, turn: Turn, transcript: Transcript) -> None:
        raise KeyboardInterrupt


@pytest.mark.parametrize("named", [[], [SCENE], [f"crews/{SCENE}.yaml"]])
def test_the_rest_is_written_to_the_same_file(
    play: Play, town: Town, tmp_path: Path, named: list[str]
) -> None:
    class Keeps(StopsAtOnce):
        def spoke(self, turn: Turn, transcript: Transcript) -> None:
            TranscriptFile(file).write(transcript)
            super().spoke(turn, transcript)

    file = tmp_path / "half.json"
    theatre = Theatre(town, model_away(), NoLore())
    whole = theatre.play(SCENE, ScriptedPlayer(), Setting("en", 7))
    with pytest.raises(KeyboardInterrupt):
        theatre.play(SCENE, ScriptedPlayer(), Setting("en", 7), [Keeps()])
    assert len(read_transcript(file).turns) == 1

    result = play(*named, "--continue", file)
    assert result.exit_code == 0, result.stderr
    rest = read_transcript(file)
    assert rest.status == "finished"
    assert [turn.speech for turn in rest.turns] == [turn.speech for turn in whole.turns]
    assert rest.world == whole.world
    assert f"transcript: {file}" in result.stdout


def test_the_rest_is_written_elsewhere_if_asked(play: Play, stopped: Path, tmp_path: Path) -> None:
    before = stopped.read_text("utf-8")
    assert play("--continue", stopped, "--json", tmp_path / "rest.json").exit_code == 0
    assert read_transcript(tmp_path / "rest.json").status == "finished"
    assert stopped.read_text("utf-8") == before


def test_another_scene_is_played_in_the_world_that_was_left(play: Play, tmp_path: Path) -> None:
    world = World(purses={"player": 3}, items={"player": {"pearl": 1}}, flags={"sung": True})
    file = written(tmp_path / "a.json", status="finished", world=world.model_dump())
    before = file.read_text("utf-8")
    assert play(SCENE, "--continue", file, "--json", tmp_path / "b.json").exit_code == 0
    after = read_transcript(tmp_path / "b.json")
    assert after.world.flags["sung"] is True
    assert after.world.items["player"]["pearl"] == 1
    assert file.read_text("utf-8") == before


# --- what the environment says


def test_a_scene_in_the_environment_is_not_named_by_the_user(
    play: Play, stopped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TOWNSFOLK_SCENE names what is played when nothing else is said."""
    monkeypatch.setenv("TOWNSFOLK_SCENE", "no_such_scene")
    result = play("--continue", stopped)
    assert result.exit_code == 0, result.stderr
    assert json.loads(stopped.read_text())["status"] == "finished"


def test_a_language_in_the_environment_is_not_asked_for_by_the_user(
    play: Play, stopped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOWNSFOLK_LANGUAGE", "ko")
    result = play("--continue", stopped)
    assert result.exit_code == 0, result.stderr


def test_nobody_speaks_for_a_player_who_is_left_out(play: Play, stopped: Path) -> None:
    """--player none takes the player off the stage of the scene that goes on."""
    assert play("--continue", stopped, "--player", "none").exit_code == 0
    rest = read_transcript(stopped)
    assert rest.player == "none"
    assert all("player" not in turn.present for turn in rest.turns)
