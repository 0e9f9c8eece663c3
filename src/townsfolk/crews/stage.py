"""The stage: who is there and where, what was said, and how far the scene has come."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from townsfolk.crews.listener import SceneListener
from townsfolk.models.interface import Completer
from townsfolk.retrieval.index import LoreIndex
from townsfolk.town.beats import PLAYER, Beat
from townsfolk.town.scenes import Enter, Item, Leave, Move, PlayerLine, Scene
from townsfolk.town.texts import Text
from townsfolk.town.town import Town
from townsfolk.town.transcript import Progress, Transcript, Turn
from townsfolk.town.world import World
from townsfolk.turns.driving import run_turn
from townsfolk.turns.npc_turn import npc_turn, player_turn
from townsfolk.turns.part import Part
from townsfolk.turns.player import Player, PlayerLeft
from townsfolk.turns.situation import Situation


class Stage:
    """Lets characters speak, enter, leave and move, and keeps the transcript in step with it.

    What the transcript says of the scene's progress is true at every moment at which listeners are
    told of a line, so that whatever they write down can be gone on from.
    """

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
        self.town = town
        self.scene = scene
        self.transcript = transcript
        self.language = transcript.language
        self._index = index
        self._player = player
        self._listeners = listeners

    @property
    def present(self) -> list[str]:
        """Who is there now, the player among them."""
        return self.transcript.progress.present

    @property
    def step(self) -> Item | None:
        """The next step of the scene's list; None after the last."""
        steps, number = self.scene.beats, self.transcript.progress.next
        return steps[number] if number < len(steps) else None

    @property
    def over(self) -> bool:
        """Whether the scene's `until` holds."""
        return self.scene.until is not None and self.scene.until.holds(self.transcript.world)

    def after(self, steps: int = 1) -> Progress:
        """How far the scene will have come after so many steps of the list."""
        progress = self.transcript.progress.model_copy(deep=True)
        progress.next += steps
        return progress

    def may_play(self, beat: Beat) -> bool:
        """Whether a beat's NPC and hearer are there and its condition holds."""
        needed = {beat.agent, beat.to} - {None}
        if not needed <= set(self.present):
            return False
        return beat.when is None or beat.when.holds(self.transcript.world)

    def perform(self, part: Part, model: Completer, after: Progress) -> Turn:
        """An NPC's turn; `after` it the scene has come so far."""
        name = part.agent.name(self.language)
        self._tell(lambda listener: listener.thinking(name))
        steps = npc_turn(self.town, self._index, model.profile, part, self._situation())
        spoken = run_turn(steps, model)
        self._say(spoken.turn, after, spoken.world)
        return spoken.turn

    def take_step(self) -> None:
        """Do the next step of the list, which is no NPC's beat."""
        after = self.after()
        match self.step:
            case PlayerLine() as line:
                after.unanswered = True
                self.player_speaks(line.player, after)
            case Enter() as entrance:
                after.present += [name for name in entrance.enter if name not in self.present]
                names = self._names(entrance.enter)
                self._tell(lambda listener: listener.entered(names))
            case Leave() as exit_:
                self._leave(exit_.leave, after)
            case Move() as move:
                after.place = place = move.place.get(self.language)
                self._tell(lambda listener: listener.place_changed(place))
        self.transcript.progress = after

    def player_speaks(self, scripted: Text | None, after: Progress) -> None:
        """Let the player speak, or say nothing; `after` it the scene has come so far."""
        line = ""
        if self._player is not None and PLAYER in self.present:
            situation = self._situation()
            try:
                line = self._player.line(situation, scripted)
            except PlayerLeft:
                self._leave([PLAYER], after)
            if line:
                self._say(player_turn(situation, line), after, self.transcript.world)
        self.transcript.progress = after

    def _situation(self) -> Situation:
        return Situation(
            scene=self.scene,
            language=self.language,
            place=self.transcript.progress.place,
            present=tuple(self.present),
            turns=tuple(self.transcript.turns),
            world=self.transcript.world,
            seed=self.transcript.seed,
        )

    def _leave(self, names: Sequence[str], after: Progress) -> None:
        after.present = [name for name in self.present if name not in names]
        shown = self._names(names)
        self._tell(lambda listener: listener.left(shown))

    def _say(self, turn: Turn, after: Progress, world: World) -> None:
        self.transcript.turns.append(turn)
        self.transcript.progress, self.transcript.world = after, world
        self._tell(lambda listener: listener.spoke(turn, self.transcript))

    def _names(self, characters: Sequence[str]) -> list[str]:
        return [self.town.character_name(name, self.scene, self.language) for name in characters]

    def _tell(self, what: Callable[[SceneListener], None]) -> None:
        for listener in self._listeners:
            what(listener)
