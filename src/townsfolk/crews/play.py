"""Playing a scene from its first step to its last."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import TYPE_CHECKING

from townsfolk.crews.conversation import Conversation
from townsfolk.crews.listener import SceneListener
from townsfolk.crews.opening import open_parts
from townsfolk.crews.scripted import Script
from townsfolk.crews.setting import Setting
from townsfolk.crews.stage import Stage
from townsfolk.models.deployments import Choice
from townsfolk.models.interface import Completer, Model
from townsfolk.retrieval.index import LoreIndex
from townsfolk.retrieval.vectors import Progress as Report
from townsfolk.town.beats import PLAYER
from townsfolk.town.scene_version import scene_version
from townsfolk.town.templates import PROMPT_VERSION
from townsfolk.town.town import Town
from townsfolk.town.transcript import Ending, Progress, Transcript, Turn
from townsfolk.town.world import World
from townsfolk.turns.part import Part
from townsfolk.turns.player import Player

if TYPE_CHECKING:
    from crewai import Crew

    from townsfolk.crews.llm import StageLLM


class Theatre:
    """A town with its model and its index open, ready to play scenes one after another."""

    def __init__(self, town: Town, model: Model, index: LoreIndex) -> None:
        self.town = town
        self.model = model
        self.index = index

    @classmethod
    def open(cls, town: Town, choice: Choice, progress: Report) -> Theatre:
        """Open the model and the index of a town. Raises ModelSetupError."""
        return cls(town, *open_parts(town, choice, progress))

    def play(
        self,
        name: str,
        player: Player | None,
        setting: Setting,
        listeners: Sequence[SceneListener] = (),
        world: World | None = None,
    ) -> Transcript:
        """Play a scene from its start, in a world that earlier scenes left or in a new one."""
        transcript = self._transcript(name, player, setting, world)
        return self._play(transcript, player, setting, listeners)

    def go_on(
        self,
        transcript: Transcript,
        player: Player | None,
        setting: Setting,
        listeners: Sequence[SceneListener] = (),
    ) -> Transcript:
        """Play the rest of a scene that was stopped, after its last line."""
        transcript = transcript.model_copy(deep=True)
        transcript.status = "running"
        transcript.player = player.kind if player is not None else "none"
        if player is None:
            present = transcript.progress.present
            transcript.progress.present = [name for name in present if name != PLAYER]
        if self.model.name not in transcript.model:
            transcript.model += f", {self.model.name}"
        return self._play(transcript, player, setting, listeners)

    def _play(
        self,
        transcript: Transcript,
        player: Player | None,
        setting: Setting,
        listeners: Sequence[SceneListener],
    ) -> Transcript:
        """What was said stays in the transcript, however the scene ends."""
        scene = self.town.scenes[transcript.scene]
        stage = Stage(self.town, scene, transcript, self.index, player, listeners)
        try:
            self.model.reset()
            for listener in listeners:
                listener.scene_started(scene, transcript)
            scripted = scene.turn_taking == "scripted"
            play = self._play_script if scripted else self._play_conversation
            transcript.ending = play(stage, setting)
            transcript.status = "finished"
        except KeyboardInterrupt:
            transcript.status = "stopped"
            raise
        except BaseException:
            transcript.status = "failed"
            raise
        finally:
            _end(listeners, transcript)
        return transcript

    def _play_script(self, stage: Stage, setting: Setting) -> Ending:
        from townsfolk.crews.crew import script_crew
        from townsfolk.crews.llm import StageLLM

        script = Script(stage)
        beats = script.beats_left()
        if beats:
            llm = StageLLM(script.speak, self.model)
            crew = script_crew(self.town, beats, setting.language, llm, setting.executor)
            _perform(crew, llm, stage.transcript)
        return script.finish()

    def _play_conversation(self, stage: Stage, setting: Setting) -> Ending:
        from townsfolk.crews.crew import turn_crew
        from townsfolk.crews.llm import StageLLM

        def perform(part: Part, after: Progress) -> None:
            def speak(name: str, model: Completer) -> Turn:
                return stage.perform(part, model, after)

            llm = StageLLM(speak, self.model)
            name = part.beat_id or f"reply_{len(stage.transcript.turns) + 1}"
            crew = turn_crew(self.town, part, name, setting.language, llm, setting.executor)
            _perform(crew, llm, stage.transcript)

        return Conversation(stage, perform).play()

    def _transcript(
        self, name: str, player: Player | None, setting: Setting, world: World | None
    ) -> Transcript:
        scene, language = self.town.scenes[name], setting.language
        return Transcript(
            town=self.town.config.name.get(language),
            scene=name,
            title=scene.title.get(language),
            language=language,
            model=self.model.name,
            prompt_version=PROMPT_VERSION,
            seed=setting.seed,
            player=player.kind if player is not None else "none",
            world=self.town.start_world(scene, world),
            progress=Progress(
                version=scene_version(self.town, name),
                place=scene.place.get(language),
                present=scene.at_start() + ([PLAYER] if player and scene.has_player else []),
            ),
            started_at=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        )


def _perform(crew: Crew, llm: StageLLM, transcript: Transcript) -> None:
    """Run a crew; what CrewAI told of it belongs to the transcript, however it ended."""
    try:
        llm.perform(crew)
    finally:
        transcript.crew.extend(llm.events.spans())


def _end(listeners: Sequence[SceneListener], transcript: Transcript) -> None:
    """Tell every listener that the scene is over, also when one of them fails at it."""
    if listeners:
        try:
            listeners[0].scene_ended(transcript)
        finally:
            _end(listeners[1:], transcript)
