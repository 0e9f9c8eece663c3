"""Scripted scenes: one CrewAI crew whose tasks are the scene's beats, in their order."""

from __future__ import annotations

from townsfolk.crews.stage import Stage
from townsfolk.models.interface import Completer
from townsfolk.town.transcript import Ending, Turn
from townsfolk.turns.part import beat_part


class Script:
    """Plays the list step by step, each beat when CrewAI comes to its task."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def beats_left(self) -> list[str]:
        """The beats that are still to come."""
        steps = self._stage.scene.beats[self._stage.transcript.progress.next :]
        return [step for step in steps if isinstance(step, str)]

    def speak(self, beat_id: str, model: Completer) -> Turn | None:
        """The turn of a beat, after all that stands before it.

        None when it cannot be played now, or the scene is over.
        """
        stage = self._stage
        while not stage.over and stage.step not in (beat_id, None):
            stage.take_step()
        if stage.over or stage.step is None:
            return None
        if not stage.may_play(stage.town.beats[beat_id]):
            stage.transcript.progress = stage.after()
            return None
        return stage.perform(beat_part(stage.town, beat_id), model, stage.after())

    def finish(self) -> Ending:
        """Everything that stands after the last beat."""
        while not self._stage.over and self._stage.step is not None:
            self._stage.take_step()
        return "until" if self._stage.over else "played"
