"""Keeps a scene in the store, when it is over."""

from __future__ import annotations

import datetime
import time
from dataclasses import asdict
from secrets import token_hex

from townsfolk import __version__
from townsfolk.crews.listener import QuietListener
from townsfolk.crews.setting import Setting
from townsfolk.store.database import Database
from townsfolk.store.episodes import write_episode
from townsfolk.store.records import Episode, Run, digest
from townsfolk.store.runs import add_run
from townsfolk.town.scenes import Scene
from townsfolk.town.transcript import Transcript


class StoreListener(QuietListener):
    """A run of one episode: what was played to its end, stopped or failed."""

    def __init__(self, database: Database, setting: Setting) -> None:
        self._database = database
        self._setting = setting
        self._began = time.monotonic()

    def scene_started(self, scene: Scene, transcript: Transcript) -> None:
        self._began = time.monotonic()

    def scene_ended(self, transcript: Transcript) -> None:
        now = datetime.datetime.now(datetime.UTC)
        run = Run(
            id=f"{now:%Y%m%d-%H%M%S}-{token_hex(2)}",
            kind="play",
            name=transcript.scene,
            town=transcript.town,
            release=__version__,
            inputs=asdict(self._setting),
            planned=1,
            created_at=now.isoformat(timespec="seconds"),
        )
        add_run(self._database, run)
        write_episode(
            self._database,
            Episode(
                run_id=run.id,
                key=digest(run.id),
                player=transcript.player,
                transcript=transcript,
                seconds=time.monotonic() - self._began,
                finished_at=now.isoformat(timespec="seconds"),
            ),
        )
