"""Playing a scene from its first item to its last."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from townsfolk.crews.environment import prepare_environment
from townsfolk.crews.listener import SceneListener
from townsfolk.crews.setting import Setting
from townsfolk.models.deployments import Choice
from townsfolk.models.interface import Model
from townsfolk.models.opening import open_model
from townsfolk.retrieval.index import LoreIndex
from townsfolk.retrieval.vectors import Progress
from townsfolk.town.town import Town
from townsfolk.town.transcript import Transcript
from townsfolk.turns.player import Player
from townsfolk.turns.prompt import PROMPT_VERSION


class Theatre:
    """A town with its model and its index open, ready to play scenes one after another."""

    def __init__(self, town: Town, model: Model, index: LoreIndex) -> None:
        self.town = town
        self.model = model
        self.index = index

    @classmethod
    def open(cls, town: Town, choice: Choice, progress: Progress) -> Theatre:
        """Open model and index beside the import of CrewAI, which takes the longest.

        Raises:
            ModelSetupError: the model cannot be opened.
        """
        prepare_environment(town.root)
        with ThreadPoolExecutor(2, thread_name_prefix="opening") as pool:
            model: Future[Model] = pool.submit(open_model, choice)
            index = pool.submit(LoreIndex, town, progress)
            import crewai  # noqa: F401

            return cls(town, model.result(), index.result())

    def play(
        self,
        name: str,
        player: Player | None,
        setting: Setting,
        listeners: Sequence[SceneListener] = (),
    ) -> Transcript:
        """Play a scene; what was said stays in the transcript, however the scene ends."""
        from townsfolk.crews.crew import build_crew
        from townsfolk.crews.llm import StageLLM
        from townsfolk.crews.stage import Stage

        scene = self.town.scenes[name]
        transcript = self._transcript(name, player, setting)
        stage = Stage(self.town, scene, transcript, self.index, player, listeners)
        self.model.reset()
        for listener in listeners:
            listener.scene_started(scene, transcript)
        try:
            llm = StageLLM(stage, self.model)
            build_crew(self.town, scene, setting.language, llm, setting.executor).kickoff()
            stage.play_rest()
            transcript.status = "finished"
        except KeyboardInterrupt:
            transcript.status = "stopped"
            raise
        except BaseException:
            transcript.status = "failed"
            raise
        finally:
            for listener in listeners:
                listener.scene_ended(transcript)
        return transcript

    def _transcript(self, name: str, player: Player | None, setting: Setting) -> Transcript:
        scene = self.town.scenes[name]
        return Transcript(
            town=self.town.config.name.get(setting.language),
            scene=name,
            title=scene.title.get(setting.language),
            language=setting.language,
            model=self.model.name,
            prompt_version=PROMPT_VERSION,
            seed=setting.seed,
            player=player.kind if player is not None else "none",
            world=self.town.start_world(scene),
            started_at=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        )
