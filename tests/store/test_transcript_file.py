"""The transcript file is whole at every moment, or the failure is said."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import stat
import subprocess
import sys
import threading
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


def test_a_link_stays_one_and_its_target_is_written(tmp_path: Path, transcript: Transcript) -> None:
    link = tmp_path / "latest.json"
    link.symlink_to(tmp_path / "kept" / "a.json")
    TranscriptFile(link).write(transcript)
    TranscriptFile(link).write(transcript)
    assert link.is_symlink()
    written = (tmp_path / "kept" / "a.json").read_text("utf-8")
    assert Transcript.model_validate_json(written) == transcript


def test_a_link_to_itself_is_said(tmp_path: Path) -> None:
    link = tmp_path / "a.json"
    link.symlink_to(link)
    with pytest.raises(TownsfolkError, match="cannot be written"):
        TranscriptFile(link)


@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_a_new_file_has_the_rights_that_the_user_gives_new_files(
    tmp_path: Path, transcript: Transcript, mask: int
) -> None:
    before = os.umask(mask)
    try:
        TranscriptFile(tmp_path / "a.json").write(transcript)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.json").stat().st_mode) == 0o666 & ~mask


def test_a_file_that_is_there_keeps_its_rights(tmp_path: Path, transcript: Transcript) -> None:
    path = tmp_path / "a.json"
    path.write_text("")
    path.chmod(0o640)
    TranscriptFile(path).write(transcript)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_pipe_gets_the_transcript_once_when_the_scene_is_over(
    tmp_path: Path, transcript: Transcript
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text("utf-8")), daemon=True)
    reader.start()
    file = TranscriptFile(pipe)
    file.write(transcript)
    transcript.status = "finished"
    file.write(transcript)
    reader.join(10)
    assert [Transcript.model_validate_json(text) for text in read] == [transcript]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_standard_output_gets_it_after_what_was_printed(tmp_path: Path) -> None:
    program = """
from pathlib import Path
from townsfolk.store.transcript_file import TranscriptFile
from townsfolk.town.transcript import Transcript
transcript = Transcript(town="t", scene="s", title="t", language="ko", model="m",
                        prompt_version="v", seed=1, player="none")
file = TranscriptFile(Path("/dev/stdout"))
print("before")
file.write(transcript)
transcript.status = "finished"
file.write(transcript)
print("after")
"""
    for output in (tmp_path / "out", None):
        with output.open("w") if output else contextlib.nullcontext(subprocess.PIPE) as stream:
            done = subprocess.run(
                [sys.executable, "-c", program], stdout=stream, text=True, check=True
            )
        said = output.read_text() if output else done.stdout
        assert said.startswith("before\n{\n")
        assert said.endswith("}\nafter\n")
        assert said.count('"prompt_version"') == 1


def test_nothing_is_written_to_a_socket(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket"))
        with pytest.raises(TownsfolkError, match="is not a file"):
            TranscriptFile(tmp_path / "socket")
