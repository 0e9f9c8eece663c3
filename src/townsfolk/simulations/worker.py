"""A process of a batch: plays the episodes that it is sent, many at a time, and keeps each."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import fmean

from townsfolk.crews.environment import prepare_environment
from townsfolk.models.cost import Price, price_of
from townsfolk.models.deployments import choose_model, model_for
from townsfolk.models.embedded import THREADS_VARIABLE
from townsfolk.models.interface import Model
from townsfolk.models.opening import open_model
from townsfolk.retrieval.index import LoreIndex
from townsfolk.scoring.speed import SpeedScorer
from townsfolk.simulations.episode import Studio
from townsfolk.simulations.failed import failed_episode
from townsfolk.simulations.plan import Plan
from townsfolk.simulations.players import read_players
from townsfolk.simulations.run_file import RunFile, read_run_file
from townsfolk.store.database import Database
from townsfolk.store.episodes import write_episode
from townsfolk.store.records import Episode
from townsfolk.town.errors import TownsfolkError
from townsfolk.town.load import load_town
from townsfolk.town.settings import cache_folder, load_environment

_OTHER_THREADS = 8
"""For searches and the store, beside one for each scene."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a process needs to know of its run."""

    root: Path
    run_file: Path
    run_id: str
    number: int
    """Which of the processes it is."""
    processes: int = 1
    """How many there are."""


@dataclass(frozen=True, slots=True)
class Finished:
    """An episode is in the store."""

    key: str
    failed: bool
    turns: int
    tokens: int
    faults: int
    seconds: float
    scores: dict[str, float]
    """The means of its scores by name."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The process cannot go on, and neither can another."""

    reason: str


def work(job: Job, connection: Connection) -> None:
    """Play what comes until None does; ends with the process at the other end."""
    # Ctrl-C is the parent's to answer.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        storage = cache_folder(job.root) / "simulations" / job.run_id / f"process-{job.number}"
        storage.mkdir(parents=True, exist_ok=True)
        os.environ["CREWAI_STORAGE_DIR"] = str(storage)
        load_environment(job.root)
        # The embedded model's threads wait busily for each other: more than cores are slower.
        threads = max(1, (os.cpu_count() or 1) // job.processes)
        os.environ.setdefault(THREADS_VARIABLE, str(threads))
        prepare_environment(job.root)
        asyncio.run(_Process(job, connection).run())
    except TownsfolkError as error:
        connection.send(Broken(str(error)))
    except BrokenPipeError:
        pass


class _Process:
    """The open parts of a process, and the episodes that are being played."""

    def __init__(self, job: Job, connection: Connection) -> None:
        town = load_town(job.root)
        players = read_players(town)
        run = read_run_file(town, job.run_file, players)
        self._connection = connection
        self._database = Database.of_town(job.root)
        self._studio = Studio(
            town,
            LoreIndex(town),
            run,
            job.run_id,
            players,
            [SpeedScorer()],
            *_player_model(run, job.root),
        )
        self._models: dict[str, tuple[Model, Price | None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Take plans as they come, and play them side by side."""
        loop = asyncio.get_running_loop()
        # A scene holds a thread to its end, and asyncio has few on a small machine.
        threads = self._studio.run.concurrency + _OTHER_THREADS
        loop.set_default_executor(ThreadPoolExecutor(threads))
        inbox: asyncio.Queue[Plan | None] = asyncio.Queue()

        def put(plan: Plan | None) -> None:
            loop.call_soon_threadsafe(inbox.put_nowait, plan)

        threading.Thread(target=self._receive, args=(put,), daemon=True).start()
        self._connection.send(None)
        try:
            while (plan := await inbox.get()) is not None:
                task = asyncio.create_task(self._play(plan))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            await asyncio.gather(*self._tasks)
        finally:
            for model, _ in self._models.values():
                model.close()
            if self._studio.player_model is not None:
                self._studio.player_model.close()
            self._database.close()

    def _receive(self, put: Callable[[Plan | None], None]) -> None:
        try:
            while True:
                plan = self._connection.recv()
                put(plan)
                if plan is None:
                    return
        except (EOFError, OSError):
            # Nobody is left to play for; what is finished is in the store.
            os._exit(1)

    async def _play(self, plan: Plan) -> None:
        try:
            episode = await self._studio.play(plan, *self._model(plan.model))
        except Exception as error:
            # One conversation that cannot be held is data; the batch goes on.
            episode = failed_episode(self._studio, plan, error)
        try:
            await asyncio.to_thread(write_episode, self._database, episode)
        except TownsfolkError as error:
            self._connection.send(Broken(str(error)))
            return
        self._connection.send(_told(episode))

    def _model(self, name: str) -> tuple[Model, Price | None]:
        if name not in self._models:
            choice = model_for("npc", name, self._studio.town.root)
            model = open_model(choice, self._studio.run.context)
            self._models[name] = (model, price_of(choice))
        return self._models[name]


def _player_model(run: RunFile, root: Path) -> tuple[Model | None, Price | None]:
    if run.player != "model":
        return None, Price()
    choice = choose_model("player", root)
    return open_model(choice), price_of(choice)


def _told(episode: Episode) -> Finished:
    turns = episode.transcript.turns
    names = dict.fromkeys(score.name for score in episode.scores if score.turn is None)
    return Finished(
        key=episode.key,
        failed=bool(episode.error),
        turns=len(turns),
        tokens=sum(turn.prompt_tokens + turn.completion_tokens for turn in turns),
        faults=sum(len(turn.faults) for turn in turns),
        seconds=episode.seconds,
        scores={
            name: fmean(s.value for s in episode.scores if s.name == name and s.turn is None)
            for name in names
        },
    )
