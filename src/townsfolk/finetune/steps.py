"""Steps of a fine-tuning: done once, done again only when what they rest on has changed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from filelock import FileLock, Timeout

from townsfolk.finetune.errors import FinetuneError

RECORD = "step.json"
UNFINISHED = "unfinished"
"""What a step tells of itself when it made what it could, and is to be done again the next time."""


class Reporter(Protocol):
    """Who is told how the steps go."""

    def begun(self, step: str) -> None: ...
    def skipped(self, step: str) -> None: ...
    def done(self, step: str, told: Mapping[str, Any]) -> None: ...
    def progress(self, step: str, done: float, total: float, note: str) -> None: ...
    def note(self, step: str, text: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it rests on beside the steps before it, and what it does."""

    name: str
    inputs: Callable[[], Mapping[str, Any]]
    """Settings, and hashes of files; a change in them means that the step is done again."""
    work: Callable[[Path, Reporter], Mapping[str, Any]]
    """Fills the folder and gives what there is to tell of it."""
    resumable: bool = False
    """Whether it goes on in its folder after an interruption; else it starts in an empty one."""
    after: tuple[str, ...] = ()
    """The steps whose results it uses."""


def run_steps(
    steps: Sequence[Step], folder: Path, reporter: Reporter, only: str | None = None,
    anew: bool = False,
) -> dict[str, Mapping[str, Any]]:  # fmt: skip
    """Do the steps in their order, or `only` one of them after those that it rests on.

    A step works in `NAME.part`, which becomes `NAME` when it is whole, so that nothing half-written
    is ever used. `anew`: do the last step again, from its beginning, though nothing has changed,
    and those that use what it makes when they are next asked for. Gives what each told.

    Raises:
        FinetuneError: another process is at work in the folder.
    """
    keys: dict[str, str] = {}
    told: dict[str, Mapping[str, Any]] = {}
    wanted = _needed(steps, only)
    with _alone_in(folder):
        for step in steps:
            if step.name not in wanted:
                continue
            keys[step.name] = key = _key(step, keys)
            made = folder / step.name
            record = read_record(made)
            again = anew and step.name == (only or steps[-1].name)
            if again:
                # Without its record it is done again though it is interrupted now.
                shutil.rmtree(folder / f"{step.name}.part", ignore_errors=True)
                (made / RECORD).unlink(missing_ok=True)
            if record is not None and record["key"] == key and not again:
                reporter.skipped(step.name)
                told[step.name] = record["told"]
                continue
            reporter.begun(step.name)
            part = _part(folder, step, key)
            told[step.name] = dict(step.work(part, reporter))
            _finish(part, key, told[step.name])
            _forget(steps, step.name, folder)
            shutil.rmtree(made, ignore_errors=True)
            part.replace(made)
            reporter.done(step.name, told[step.name])
    return told


def read_record(folder: Path) -> dict[str, Any] | None:
    """What a finished step left about itself; None where it is not finished."""
    try:
        record: dict[str, Any] = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return record if {"key", "told"} <= record.keys() else None


def file_hash(path: Path) -> str:
    """The SHA-256 of a file's content."""
    content = sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            content.update(block)
    return content.hexdigest()


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Raises FinetuneError: another process works in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / "lock", blocking=False)
    try:
        lock.acquire()
    except Timeout:
        raise FinetuneError(
            f"another fine-tuning is at work in {folder}; wait until it is done, or stop it"
        ) from None
    try:
        yield
    finally:
        lock.release()


def _needed(steps: Sequence[Step], only: str | None) -> set[str]:
    by_name = {step.name: step for step in steps}
    needed: set[str] = set()
    open_ = [only] if only else [*by_name]
    while open_:
        name = open_.pop()
        if name not in needed:
            needed.add(name)
            open_.extend(by_name[name].after)
    return needed


def _forget(steps: Sequence[Step], name: str, folder: Path) -> None:
    """Let the steps that rest on a done one be done again; what they made stays until then."""
    stale = {name}
    for step in steps:
        if stale & {*step.after}:
            stale.add(step.name)
            (folder / step.name / RECORD).unlink(missing_ok=True)
            shutil.rmtree(folder / f"{step.name}.part", ignore_errors=True)


def _key(step: Step, keys: Mapping[str, str]) -> str:
    rests_on = {"step": step.name, "inputs": step.inputs(), "after": [keys[n] for n in step.after]}
    return sha256(json.dumps(rests_on, sort_keys=True, default=str).encode()).hexdigest()


def _part(folder: Path, step: Step, key: str) -> Path:
    """The folder to work in; that of an interrupted run of the same step, where it can go on."""
    part = folder / f"{step.name}.part"
    started = part / "started.json"
    same = started.is_file() and started.read_text(encoding="utf-8") == key
    if not (step.resumable and same):
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        started.write_text(key, encoding="utf-8")
    return part


def _finish(part: Path, key: str, told: Mapping[str, Any]) -> None:
    if not told.get(UNFINISHED):
        record = json.dumps({"key": key, "told": told}, indent=1, default=str)
        (part / RECORD).write_text(record + "\n", encoding="utf-8")
    (part / "started.json").unlink(missing_ok=True)
