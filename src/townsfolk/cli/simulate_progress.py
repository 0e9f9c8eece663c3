"""How a batch goes, as it goes."""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

if TYPE_CHECKING:
    from townsfolk.simulations.worker import Finished

_SHOWN = ("response_time", "goal_reached", "player_errors")
_EVERY = 25
"""Episodes between two lines where there is no terminal."""


class Rates:
    """What has been played so far, and how fast."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self.episodes = self._turns = self._tokens = self._faults = self._failed = 0
        self._scores: dict[str, list[float]] = defaultdict(list)

    def add(self, finished: Finished) -> None:
        """Count an episode."""
        self.episodes += 1
        self._turns += finished.turns
        self._tokens += finished.tokens
        self._faults += finished.faults
        self._failed += finished.failed
        for name, value in finished.scores.items():
            self._scores[name].append(value)

    def told(self) -> str:
        """In one line."""
        seconds = max(time.monotonic() - self._began, 1e-6)
        parts = [f"{self._turns / seconds:.1f} turns/s", f"{self._tokens / seconds:.0f} tokens/s"]
        parts.append(f"{self._faults} faults")
        if self._failed:
            parts.append(f"{self._failed} failed")
        for name in _SHOWN:
            if values := self._scores[name]:
                parts.append(f"{name} {sum(values) / len(values):.2f}")
        return " · ".join(parts)


@contextmanager
def batch_progress(total: int) -> Iterator[Callable[[Finished], None]]:
    """A bar with rates on a terminal, else a line now and then; gives who is told of episodes."""
    rates = Rates()
    if not sys.stdout.isatty():

        def say(finished: Finished) -> None:
            rates.add(finished)
            if rates.episodes % _EVERY == 0 or rates.episodes == total:
                print(f"{rates.episodes} of {total} episodes · {rates.told()}", flush=True)

        yield say
        return
    progress = Progress(
        TextColumn("episodes"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[rates]}"),
        console=Console(highlight=False),
    )
    with progress:
        task = progress.add_task("", total=total, rates="waking processes")

        def show(finished: Finished) -> None:
            rates.add(finished)
            progress.update(task, advance=1, rates=rates.told())

        yield show
