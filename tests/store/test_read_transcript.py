"""What was written is read back, or it is said why not and what to do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from townsfolk.store.read_transcript import read_transcript
from townsfolk.store.transcript_file import TranscriptFile
from townsfolk.town.errors import TownsfolkError
from townsfolk.town.transcript import GameAction, Progress, Transcript, Turn
from townsfolk.town.world import World


@pytest.fixture
def transcript() -> Transcript:
    turn = Turn(
        number=1, speaker="guard", name="도란", speech="서시오.", origin="model", to="player",
        game_actions=[GameAction(name="open_gate", accepted=False, reason="needs: a toll")],
    )  # fmt: skip
    return Transcript(
        town="오스미어", scene="s", title="t", language="ko", model="m", prompt_version="v", seed=1,
        player="none", status="stopped", turns=[turn],
        world=World(flags={"gate_open": False}, purses={"player": 3}),
        progress=Progress(next=2, left_open=["b"], fresh=1, replies=1, present=["guard"]),
    )  # fmt: skip


def test_what_was_written_is_read_back_whole(tmp_path: Path, transcript: Transcript) -> None:
    file = tmp_path / "a.json"
    TranscriptFile(file).write(transcript)
    assert read_transcript(file) == transcript


def changed(transcript: Transcript, **values: Any) -> bytes:
    return json.dumps({**transcript.model_dump(mode="json"), **values}).encode()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "No such file"),
        (b"", "Invalid JSON"),
        (b'{"format": "townsfolk.tra', "Invalid JSON"),
        (b"[]", "it is no transcript"),
        (b"{}", "town: Field required"),
        (b'{"town": "\xff\xfe"}', "it is no UTF-8 text"),
        ({"turns": [{"number": 1}]}, "turns.0.speaker: Field required"),
        ({"status": "asleep"}, "status: "),
        ({"format": "townsfolk.transcript/2"}, "its format is townsfolk.transcript/2, not "),
    ],
)
def test_what_cannot_be_read_is_said_with_what_to_do(
    tmp_path: Path, transcript: Transcript, content: bytes | dict[str, Any] | None, reason: str
) -> None:
    file = tmp_path / "a.json"
    if content is not None:
        written = changed(transcript, **content) if isinstance(content, dict) else content
        file.write_bytes(written)
    with pytest.raises(TownsfolkError) as raised:
        read_transcript(file)
    said = str(raised.value)
    assert said.startswith(f"cannot go on from {file}: ")
    assert reason in said
    assert "townsfolk play --json FILE" in said
    assert "\n" not in said


def test_a_folder_is_no_transcript(tmp_path: Path) -> None:
    with pytest.raises(TownsfolkError, match="Is a directory"):
        read_transcript(tmp_path)
