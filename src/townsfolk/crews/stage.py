"""The stage of a scripted scene: what has happened, who is there, whose turn it is."""

from __future__ import annotations

from collections.abc import Sequence

from townsfolk.crews.listener import SceneListener
from townsfolk.models.interface import Completer
from townsfolk.retrieval.index import LoreIndex
from townsfolk.town.beats import PLAYER, Beat
from townsfolk.town.scenes import Enter, Leave, Move, PlayerLine, Scene
from townsfolk.town.town import Town
from townsfolk.town.transcript import Transcript, Turn
from townsfolk.turns.driving import run_turn
from townsfolk.turns.npc_turn import npc_turn, player_turn
from townsfolk.turns.player import Player, PlayerLeft
from townsfolk.turns.situation import Situation


class Stage:
    """Plays the items of a scene in their order, each beat when CrewAI comes to its task."""

    def __init__(
        self,
        town: Town,
        scene: Scene,
        transcript: Transcript,
        index: LoreIndex,
        player: Player | None,
        listeners: Sequence[SceneListener] = (),
    ) -> None:
        """`player`: None lets the NPCs talk among themselves."""
        self._town = town
        self._scene = scene
        self._transcript = transcript
        self._index = index
        self._player = player
        self._listeners = listeners
        self._language = transcript.language
        self._place = scene.place.get(self._language)
        self._present = scene.at_start() + ([PLAYER] if player is not None else [])
        self._next = 0

    @property
    def transcript(self) -> Transcript:
        """What was said so far."""
        return self._transcript

    def play_until(self, beat_id: str) -> None:
        """Everything that stands before a beat: player lines, entrances, exits, places."""
        while self._scene.beats[self._next] != beat_id:
            self._item()
        self._next += 1

    def play_rest(self) -> None:
        """Everything that stands after the last beat."""
        while self._next < len(self._scene.beats):
            self._item()

    def speak(self, beat_id: str, model: Completer) -> Turn | None:
        """The turn of a beat; None when its condition does not hold or it has nobody to hear it."""
        beat = self._town.beats[beat_id]
        if not self._may_play(beat):
            return None
        name = self._town.agents[beat.agent].name(self._language)
        for listener in self._listeners:
            listener.thinking(name)
        situation = self._situation()
        turn = run_turn(npc_turn(self._town, self._index, model.profile, beat_id, situation), model)
        self._add(turn)
        return turn

    def _may_play(self, beat: Beat) -> bool:
        if beat.to == PLAYER and PLAYER not in self._present:
            return False
        return beat.when is None or beat.when.holds(self._transcript.world)

    def _situation(self) -> Situation:
        return Situation(
            scene=self._scene,
            language=self._language,
            place=self._place,
            present=tuple(self._present),
            turns=tuple(self._transcript.turns),
            world=self._transcript.world,
            seed=self._transcript.seed,
        )

    def _item(self) -> None:
        item = self._scene.beats[self._next]
        match item:
            case PlayerLine():
                self._player_speaks(item)
            case Enter():
                self._present += [name for name in item.enter if name not in self._present]
                for listener in self._listeners:
                    listener.entered(self._names(item.enter))
            case Leave():
                self._present = [name for name in self._present if name not in item.leave]
                for listener in self._listeners:
                    listener.left(self._names(item.leave))
            case Move():
                self._place = item.place.get(self._language)
                for listener in self._listeners:
                    listener.place_changed(self._place)
        self._next += 1

    def _player_speaks(self, item: PlayerLine) -> None:
        if self._player is None or PLAYER not in self._present:
            return
        situation = self._situation()
        try:
            line = self._player.line(situation, item.player)
        except PlayerLeft:
            self._present.remove(PLAYER)
            for listener in self._listeners:
                listener.left(self._names([PLAYER]))
            return
        if line:
            self._add(player_turn(situation, line))

    def _names(self, characters: Sequence[str]) -> list[str]:
        return [self._town.character_name(name, self._scene, self._language) for name in characters]

    def _add(self, turn: Turn) -> None:
        self._transcript.turns.append(turn)
        for listener in self._listeners:
            listener.spoke(turn, self._transcript)
