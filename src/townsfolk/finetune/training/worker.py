"""The process that trains: MLX and nothing of the town.

Run as `python -m townsfolk.finetune.training.worker JOB.json`; writes one JSON object a line to
standard output for each thing there is to tell. The job says which folders and which settings.
Several of them share the batches and average their gradients (MLX's ring); the first one tells.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import sys
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

from townsfolk.finetune.training.batches import Batches
from townsfolk.finetune.training.checkpoint import Checkpoints, State, first_process
from townsfolk.finetune.training.loss import reply_loss, shares_beginnings


def main() -> None:
    """Train until the job's iterations are done, or validation has not become better for long."""
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    threading.Thread(target=_end_with_input, daemon=True).start()
    # What libraries print is not for the reader of the lines.
    lines, sys.stdout = sys.stdout, sys.stderr

    def tell(entry: dict[str, Any]) -> None:
        if first_process():
            print(json.dumps(entry), file=lines, flush=True)

    tell({"event": "finished", **_train(job, tell)})


def _end_with_input() -> None:
    """End when whoever started this process is gone: nobody would read what it tells."""
    sys.stdin.buffer.read()
    os._exit(1)


def _train(job: dict[str, Any], tell: Any) -> dict[str, Any]:
    import mlx.core as mx
    import mlx.optimizers as optim
    from mlx_lm import load
    from mlx_lm.tuner.datasets import CacheDataset, ChatDataset
    from mlx_lm.tuner.trainer import TrainingArgs, evaluate, train
    from mlx_lm.tuner.utils import linear_to_lora_layers

    settings = job["train"]
    mx.random.seed(settings["seed"])
    model, tokenizer = load(job["base"])
    model.freeze()
    layers = len(model.layers) if settings["layers"] == -1 else settings["layers"]
    parameters = {key: settings[key] for key in ("rank", "scale", "dropout")}
    linear_to_lora_layers(model, layers, parameters, use_dora=settings["method"] == "dora")
    optimizer = optim.Adam(learning_rate=_schedule(settings, optim))
    optimizer.init(model.trainable_parameters())
    checkpoints = Checkpoints(Path(job["folder"]), _adapter_config(settings, layers, job))
    state = checkpoints.load(model, optimizer) or State()
    data = Path(job["data"])
    looked_at = settings["batch"] * settings["valid_batches"]
    train_set, valid_set = (
        CacheDataset(ChatDataset(rows, tokenizer, mask_prompt=True))
        for rows in (_rows(data / "train.jsonl"), _rows(data / "valid.jsonl")[:looked_at])
    )
    batch = min(settings["batch"], len(train_set))
    sharing = shares_beginnings(model) and not settings["gradient_checkpoints"]
    weight = settings["new_word_weight"]
    in_order = Batches(0, 0, weight, sharing)
    look = partial(evaluate, model, valid_set, batch, -1, job["context"], reply_loss, in_order)
    watch = _Watch(settings, state, checkpoints, model, optimizer, look, tell)
    arguments = TrainingArgs(
        batch_size=batch,
        iters=settings["iterations"] - state.iteration,
        steps_per_report=1,
        steps_per_save=sys.maxsize,
        adapter_file=str(Path(job["folder"]) / "last.safetensors"),  # written by the first alone
        max_seq_length=job["context"],
        grad_checkpoint=settings["gradient_checkpoints"],
    )
    if arguments.iters > 0 and not state.stopped:
        batches = Batches(settings["seed"], state.iteration, weight, sharing)
        with contextlib.suppress(_Stopped):
            watch.look_once()
            train(model, optimizer, train_set, None, arguments, reply_loss, batches, watch)
    if state.best is None:
        raise SystemExit(
            "the validation loss of the base itself is not a number; take a base in float32 or "
            "bfloat16"
        )
    return {"iteration": state.iteration, "best": state.best, "best_at": state.best_at}


class _Stopped(Exception):
    """Training has reached its end before its last iteration."""


class _Watch:
    """What is done between two iterations: telling, checkpoints, the end."""

    def __init__(
        self, settings: dict[str, Any], state: State, checkpoints: Checkpoints, model: Any,
        optimizer: Any, look: Any, tell: Any,
    ) -> None:  # fmt: skip
        self._settings, self._state, self._look, self._tell = settings, state, look, tell
        self._checkpoints, self._model, self._optimizer = checkpoints, model, optimizer
        self._before = state.iteration
        self._losses: list[float] = []
        self._seconds = 0.0
        self._tokens = 0.0

    def on_train_loss_report(self, info: dict[str, Any]) -> None:
        """After each iteration."""
        settings, state = self._settings, self._state
        state.iteration = self._before + info["iteration"]
        self._losses.append(info["train_loss"])
        self._seconds += 1 / info["iterations_per_second"]
        self._tokens += info["tokens_per_second"] / info["iterations_per_second"]
        if state.iteration % settings["report_every"] == 0:
            self._report(info)
        last = state.iteration == settings["iterations"]
        if state.iteration % settings["evaluate_every"] == 0 or last:
            self.look_once()
        if state.iteration % settings["checkpoint_every"] == 0 or last:
            self._checkpoints.save(self._model, self._optimizer, state)

    def look_once(self) -> None:
        """Look at the validation loss, once an iteration; raises _Stopped where it is the end."""
        state = self._state
        if state.looked_at == state.iteration:
            return
        started = time.perf_counter()
        loss = float(self._look())
        self._model.train()
        state.looked_at = state.iteration
        better = math.isfinite(loss) and (state.best is None or loss < state.best)
        if better:
            state.best, state.best_at, state.worse = loss, state.iteration, 0
            self._checkpoints.keep_best(self._model)
        else:
            state.worse += 1
        self._tell({"event": "valid", "iteration": state.iteration, "loss": loss, "best": better,
                    "seconds": time.perf_counter() - started})  # fmt: skip
        if state.worse >= self._settings["patience"]:
            state.stopped = True
            self._checkpoints.save(self._model, self._optimizer, state)
            raise _Stopped

    def _report(self, info: dict[str, Any]) -> None:
        count = len(self._losses)
        self._tell({
            "event": "train",
            "iteration": self._state.iteration,
            "loss": sum(self._losses) / count,
            "learning_rate": info["learning_rate"],
            "iterations_per_second": count / self._seconds,
            "tokens_per_second": self._tokens / self._seconds,
            "memory": info["peak_memory"],
        })  # fmt: skip
        self._losses, self._seconds, self._tokens = [], 0.0, 0


def _schedule(settings: dict[str, Any], optim: Any) -> Any:
    rate, warmup = settings["learning_rate"], settings["warmup"]
    left = max(settings["iterations"] - warmup, 1)
    after = optim.cosine_decay(rate, left, rate / 20) if settings["decay"] == "cosine" else rate
    if not warmup:
        return after
    rising = optim.linear_schedule(rate / warmup, rate, warmup)
    falling = after if callable(after) else (lambda _: rate)
    return optim.join_schedules([rising, falling], [warmup])


def _adapter_config(settings: dict[str, Any], layers: int, job: dict[str, Any]) -> dict[str, Any]:
    """What `mlx_lm` reads beside an adapter to load it."""
    return {
        "fine_tune_type": settings["method"],
        "num_layers": layers,
        "lora_parameters": {key: settings[key] for key in ("rank", "scale", "dropout")},
        "model": job["base"],
    }


def _rows(file: Path) -> list[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        return [{"messages": json.loads(line)["messages"]} for line in lines]


if __name__ == "__main__":
    main()
