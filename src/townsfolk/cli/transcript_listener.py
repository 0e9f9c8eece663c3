"""Keeps the transcript file up to date while a scene is played."""

from __future__ import annotations

from townsfolk.crews.listener import QuietListener
from townsfolk.store.transcript_file import TranscriptFile
from townsfolk.town.scenes import Scene
from townsfolk.town.transcript import Transcript, Turn


class TranscriptListener(QuietListener):
    """Writes the file at the start, after every turn and at the end."""

    def __init__(self, file: TranscriptFile) -> None:
        self._file = file

    def scene_started(self, scene: Scene, transcript: Transcript) -> None:
        self._file.write(transcript)

    def spoke(self, turn: Turn, transcript: Transcript) -> None:
        self._file.write(transcript)

    def scene_ended(self, transcript: Transcript) -> None:
        self._file.write(transcript)
