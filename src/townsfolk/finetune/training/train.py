"""Training, as its user sees it: a process that is watched, and what it leaves."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from townsfolk.finetune.commands import last_words
from townsfolk.finetune.config import Train
from townsfolk.finetune.errors import FinetuneError
from townsfolk.finetune.training.openblas import HOW_TO_GET, find_openblas, mlx_environment
from townsfolk.finetune.training.plot import loss_plot
from townsfolk.finetune.training.processes import workers

LOG = "log.jsonl"

Progress = Callable[[float, float, str], None]


def train(
    settings: Train,
    context: int,
    base: Path,
    data: Path,
    folder: Path,
    progress: Progress,
    note: Callable[[str], None],
) -> Mapping[str, Any]:
    """Train an adapter in a folder, going on from its last checkpoint; gives iterations and losses.

    `best/` has the adapter with the lowest validation loss, `loss.svg` the losses.

    Raises:
        FinetuneError: MLX is not installed, there are fewer examples than workers, or the process
            ended with an error.
    """
    _require_mlx()
    _require_examples(data, settings.workers)
    library = find_openblas(settings.openblas or os.environ.get("OPENBLAS_LIBRARY"))
    environment = {**os.environ, **mlx_environment(library), "TOKENIZERS_PARALLELISM": "false"}
    if sys.platform == "linux" and library is None:
        note(HOW_TO_GET)
    job = folder / "job.json"
    told = {
        "train": settings.model_dump(),
        "context": context,
        "base": str(base.resolve()),
        "data": str(data.resolve()),
        "folder": str(folder.resolve()),
    }
    job.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    finished = _watched(job, folder, environment, settings, progress)
    entries = _log(folder)
    (folder / "loss.svg").write_text(loss_plot(entries), encoding="utf-8")
    return {
        "iterations": finished["iteration"],
        "best_iteration": finished["best_at"],
        "valid_loss": _rounded(finished["best"]),
        "valid_loss_before": _rounded(
            next((e["loss"] for e in entries if e["event"] == "valid"), None)
        ),
        "train_loss": _rounded(
            next((e["loss"] for e in reversed(entries) if e["event"] == "train"), None)
        ),
    }


def _watched(
    job: Path, folder: Path, environment: Mapping[str, str], settings: Train, progress: Progress
) -> dict[str, Any]:
    """Run the processes to their end; what the first one tells is logged and shown."""
    errors = folder / "errors.log"
    finished: dict[str, Any] | None = None
    with errors.open("w", encoding="utf-8") as told_errors, workers(
        [sys.executable, "-m", "townsfolk.finetune.training.worker", str(job)],
        settings.workers, environment, folder, told_errors,
    ) as first:  # fmt: skip
        assert first.stdout is not None
        for line in first.stdout:
            entry = json.loads(line)
            if entry["event"] == "finished":
                finished = entry
                continue
            with (folder / LOG).open("a", encoding="utf-8") as log:
                log.write(line)
            progress(entry["iteration"], settings.iterations, _told(entry))
    if finished is None:
        raise FinetuneError(_failure(first.returncode, errors))
    return finished


def _told(entry: Mapping[str, Any]) -> str:
    if entry["event"] == "valid":
        return f"validation loss {entry['loss']:.3f}{' (best)' if entry['best'] else ''}"
    return (
        f"loss {entry['loss']:.3f}, {entry['iterations_per_second']:.2f} iterations/s, "
        f"{entry['memory']:.1f} GB"
    )


def _log(folder: Path) -> list[dict[str, Any]]:
    """What was told, of each iteration the last: after an interruption some were done twice."""
    path = folder / LOG
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    latest: dict[tuple[str, int], dict[str, Any]] = {}
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            continue  # the end of a line that was being written
        latest[entry["event"], entry["iteration"]] = entry
    return sorted(latest.values(), key=lambda entry: (entry["iteration"], entry["event"]))


def _failure(code: int, errors: Path) -> str:
    if code < 0:
        return (
            f"training was ended by signal {-code} (9 is most often a lack of memory: a smaller "
            "train.batch, train.gradient_checkpoints: true or base.quantize_bits: 4 need less); "
            "run it again to go on from the last checkpoint"
        )
    words = last_words(errors.read_text(encoding="utf-8"))
    return f"training ended with an error (all of it is in {errors}):\n{words}"


def _require_examples(data: Path, workers: int) -> None:
    with (data / "train.jsonl").open(encoding="utf-8") as lines:
        count = sum(1 for _ in lines)
    if count < workers:
        raise FinetuneError(
            f"{workers} workers cannot share {count} examples; lower train.workers, or make more: "
            "data.practice_examples, data.town_examples"
        )


def _require_mlx() -> None:
    from importlib.util import find_spec

    if find_spec("mlx") is None or find_spec("mlx_lm") is None:
        raise FinetuneError("training needs MLX: uv sync --extra finetune, or "
                            "pip install 'townsfolk[finetune]'")  # fmt: skip


def _rounded(loss: float | None) -> float | None:
    return None if loss is None else round(loss, 4)
