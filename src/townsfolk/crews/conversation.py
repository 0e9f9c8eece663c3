"""Addressed and free scenes: rounds in which whoever has the floor speaks, one crew a turn."""

from __future__ import annotations

from collections.abc import Callable

from townsfolk.crews.stage import Stage
from townsfolk.crews.turn_taking import (
    Floor,
    NextTurn,
    addressed_turn,
    closing_turn,
    free_turn,
)
from townsfolk.town.beats import PLAYER
from townsfolk.town.scenes import REPLIES, PlayerLine
from townsfolk.town.transcript import Ending, Progress
from townsfolk.turns.part import Part, beat_part, reply_part

Perform = Callable[[Part, Progress], None]
"""Plays one NPC turn on CrewAI, after which the scene has come so far."""


class Conversation:
    """Goes through the list; between two other steps the floor is open to the NPCs.

    It ends: a round has so many lines at most, rounds are counted, and a beat is played once.
    """

    def __init__(self, stage: Stage, perform: Perform) -> None:
        self._stage = stage
        self._perform = perform
        self._choose = addressed_turn if stage.scene.turn_taking == "addressed" else free_turn
        self._lines_before: int | None = None
        """The lines before a round beyond the list; None in the list."""

    def play(self) -> Ending:
        """Play to the end, and say why it is the end."""
        while True:
            if self._stage.over:
                return "until"
            if self._progress.replies is not None:
                self._hold_floor()
                continue
            if self._no_round_left():
                return "rounds"
            ending = self._go_on()
            if ending:
                return ending

    @property
    def _progress(self) -> Progress:
        return self._stage.transcript.progress

    def _no_round_left(self) -> bool:
        rounds = self._stage.scene.rounds
        return rounds is not None and self._progress.rounds >= rounds

    def _go_on(self) -> Ending:
        """The next step of the list, or a round beyond it; not empty at the end."""
        stage, progress = self._stage, self._progress
        step = stage.step
        if isinstance(step, str):
            self._open_floor(self._run())
        elif progress.unanswered and (step is None or isinstance(step, PlayerLine)):
            self._open_floor([])
        elif step is not None:
            stage.take_step()
        else:
            return self._further_round()
        return ""

    def _run(self) -> list[str]:
        """The beats up to the next other step."""
        run: list[str] = []
        for step in self._stage.scene.beats[self._progress.next :]:
            if not isinstance(step, str):
                break
            run.append(step)
        return run

    def _further_round(self) -> Ending:
        if self._stage.scene.rounds is None:
            return "played"
        lines = len(self._stage.transcript.turns)
        if lines == self._lines_before:
            return "silence"
        self._lines_before = lines
        after = self._stage.after(0)
        after.unanswered = True
        self._stage.player_speaks(None, after)
        return ""

    def _open_floor(self, run: list[str]) -> None:
        after = self._stage.after(len(run))
        after.left_open += run
        after.fresh = len(run)
        after.rounds += 1
        after.replies = 0
        after.unanswered = False
        self._stage.transcript.progress = after

    def _hold_floor(self) -> None:
        """One line of an NPC, or the end of the round."""
        progress = self._progress
        said = progress.replies or 0
        floor = self._floor()
        limit = self._stage.scene.replies or REPLIES
        chosen = self._choose(floor) if said < limit else None
        chosen = chosen or closing_turn(floor)
        if chosen is None:
            progress.replies = None
            progress.fresh = 0
            return
        after = self._stage.after(0)
        after.replies = said + 1
        if chosen.beat is not None:
            place = after.left_open.index(chosen.beat)
            after.fresh -= place >= len(after.left_open) - after.fresh
            del after.left_open[place]
        self._perform(self._part(chosen), after)

    def _floor(self) -> Floor:
        stage, progress = self._stage, self._progress
        beats = stage.town.beats
        border = len(progress.left_open) - progress.fresh
        playable = [stage.may_play(beats[beat_id]) for beat_id in progress.left_open]
        open_beats = list(zip(progress.left_open, playable, strict=True))
        return Floor(
            town=stage.town,
            language=stage.language,
            present=tuple(n for n in stage.scene.cast if n in stage.present),
            turns=stage.transcript.turns,
            fresh=tuple(beat_id for beat_id, may in open_beats[border:] if may),
            earlier=tuple(beat_id for beat_id, may in open_beats[:border] if may),
        )

    def _part(self, chosen: NextTurn) -> Part:
        stage = self._stage
        if chosen.beat is not None:
            return beat_part(stage.town, chosen.beat, chosen.interrupts)
        to = chosen.to if chosen.to in stage.present or chosen.to == PLAYER else None
        return reply_part(stage.town, stage.scene, stage.language, chosen.speaker, to)
