"""The transcript file is whole at every moment, or the failure is said."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from townsfolk.store.transcript_file import TranscriptFile
from townsfolk.town.errors import TownsfolkError
from townsfolk.town.transcript import Transcript, Turn


@pytest.fixture
def transcript() -> Transcript:
    return Transcript(
        town="오스미어", scene="s", title="t", language="ko", model="m", prompt_version="v", seed=1,
        player="none",
    )  # fmt: skip


def test_what_is_written_can_be_read_again(tmp_path: Path, transcript: Transcript) -> None:
    file = TranscriptFile(tmp_path / "deep" / "a.json")
    transcript.turns.append(
        Turn(number=1, speaker="guard", name="도란", speech="서시오.", origin="model")
    )
    file.write(transcript)
    assert Transcript.model_validate_json(file.path.read_text("utf-8")) == transcript
    assert [path.name for path in file.path.parent.iterdir()] == ["a.json"]


def test_a_full_disk_is_said_and_the_file_stays(
    tmp_path: Path, transcript: Transcript, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = TranscriptFile(tmp_path / "a.json")
    file.write(transcript)
    before = file.path.read_text()

    def full(*arguments: object, **options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("townsfolk.store.transcript_file.os.fdopen", full)
    with pytest.raises(TownsfolkError, match=r"a\.json: No space left on device"):
        file.write(transcript)
    assert file.path.read_text() == before
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def test_a_place_that_cannot_be_written_is_said_before_anything_else(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TownsfolkError, match="--json FILE"):
        TranscriptFile(tmp_path / "file" / "a.json")
    with pytest.raises(TownsfolkError, match="is a folder"):
        TranscriptFile(tmp_path)
