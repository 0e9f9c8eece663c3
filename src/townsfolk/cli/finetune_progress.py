"""How the steps of a fine-tuning go, as their user sees it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn


class StepsProgress:
    """Lines for steps that are over, a bar for the one that is not."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task: TaskID | None = None

    def begun(self, step: str) -> None:
        """A step begins."""
        self._task = self._progress.add_task(step, total=None, note="")

    def skipped(self, step: str) -> None:
        """A step was done before and nothing has changed."""
        self._progress.console.print(f"[dim]{step}: unchanged, not done again[/dim]")

    def done(self, step: str, told: Mapping[str, Any]) -> None:
        """A step is over; what it told in short."""
        self._remove()
        plain = {key: value for key, value in told.items() if _short(value)}
        shown = ", ".join(f"{key.replace('_', ' ')} {_shown(v)}" for key, v in plain.items())
        self._progress.console.print(f"[bold]{step}[/bold] {shown}", highlight=False)

    def progress(self, step: str, done: float, total: float, note: str) -> None:
        """How far the step is."""
        if self._task is not None:
            self._progress.update(self._task, completed=done, total=total, note=note)

    def note(self, step: str, text: str) -> None:
        """Something its user should know."""
        self._progress.console.print(f"{step}: {text}", highlight=False, markup=False)

    def _remove(self) -> None:
        if self._task is not None:
            self._progress.remove_task(self._task)
            self._task = None


def _short(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(not isinstance(inner, Mapping | list) for inner in value.values())
    return not isinstance(value, list)


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return "(" + ", ".join(f"{key} {inner}" for key, inner in value.items()) + ")"
    text = str(value)
    return f"{text[:12]}…" if len(text) == 64 and text.isalnum() else text


@contextmanager
def steps_progress() -> Iterator[StepsProgress]:
    """Shows progress on standard error."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.completed:.0f}/{task.total}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield StepsProgress(progress)
