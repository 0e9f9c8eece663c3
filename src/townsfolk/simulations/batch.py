"""A batch: processes that play a run's episodes, and what they tell of them."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from townsfolk.simulations.episode import COST
from townsfolk.simulations.plan import Plan
from townsfolk.simulations.worker import Broken, Finished, Job, work
from townsfolk.town.errors import TownsfolkError

_DEATHS = 3
"""Processes that may die before the batch is given up."""

Told = Callable[[Finished], None]


class BatchError(TownsfolkError):
    """A batch cannot go on; what is finished is in the store."""


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    connection: Connection
    ready: bool = False
    playing: dict[str, Plan] = field(default_factory=dict)


@dataclass(slots=True)
class Budget:
    """What a run may cost, and what it has cost, in US dollars."""

    allowed: float | None = None
    spent: float = 0.0

    @property
    def used_up(self) -> bool:
        """Whether no further episode is begun."""
        return self.allowed is not None and self.spent >= self.allowed


def play_batch(
    job: Job,
    plans: Iterable[Plan],
    processes: int,
    concurrency: int,
    told: Told,
    budget: Budget | None = None,
) -> None:
    """Play all plans, `concurrency` at a time in each process; `told` hears of each that is stored.

    What a process was playing when it died is given to another. Where the budget is used up, what
    has begun is played to its end.

    Raises:
        BatchError: the store, the town or the model cannot be used, or processes keep dying.
    """
    left, budget = deque(plans), budget or Budget()
    job = replace(job, processes=min(processes, len(left)))
    workers = [_started(job, number) for number in range(job.processes)]
    deaths = 0
    try:
        while left or any(worker.playing for worker in workers):
            if budget.used_up:
                left.clear()
            for worker in workers:
                _hand_out(worker, left, concurrency)
            for connection in wait([worker.connection for worker in workers]):
                worker = next(w for w in workers if w.connection is connection)
                try:
                    _hear(worker, told, budget)
                except EOFError:
                    deaths += 1
                    _require_life(worker, deaths)
                    left.extendleft(worker.playing.values())
                    workers.remove(worker)
                    workers.append(_started(job, processes + deaths))
    finally:
        _end(workers)


def _started(job: Job, number: int) -> _Worker:
    # A forked process would share this one's threads and locks as they happen to be.
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    own = replace(job, number=number)
    process = context.Process(target=work, args=(own, there), daemon=True)
    process.start()
    there.close()
    return _Worker(process, here)


def _hand_out(worker: _Worker, left: deque[Plan], concurrency: int) -> None:
    while worker.ready and left and len(worker.playing) < concurrency:
        plan = left.popleft()
        worker.playing[plan.key] = plan
        worker.connection.send(plan)


def _hear(worker: _Worker, told: Told, budget: Budget) -> None:
    match worker.connection.recv():
        case Broken() as broken:
            raise BatchError(broken.reason)
        case Finished() as finished:
            worker.playing.pop(finished.key, None)
            budget.spent += finished.scores.get(COST, 0.0)
            told(finished)
        case _:
            worker.ready = True


def _require_life(worker: _Worker, deaths: int) -> None:
    """Raises BatchError: processes keep dying."""
    worker.process.join(5)
    code = worker.process.exitcode
    if deaths >= _DEATHS or not worker.ready:
        how = f"by signal {-code}" if code is not None and code < 0 else f"with code {code}"
        raise BatchError(
            f"a process of the batch ended {how}; where memory was short, lower `processes` or "
            "`concurrency`. The same command goes on where it was"
        )


def _end(workers: list[_Worker]) -> None:
    for worker in workers:
        worker.connection.close()
        worker.process.terminate()
    for worker in workers:
        worker.process.join(5)
        if worker.process.is_alive():
            worker.process.kill()
