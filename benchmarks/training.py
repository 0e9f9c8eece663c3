"""Speed of training: our loss and batches against `mlx_lm`'s own.

    uv run python benchmarks/training.py [ITERATIONS]

All train the embedded model on the same dialogues of 256 tokens: six questions to each scene, 208
tokens of persona and lore that they have in common and 30 of reply, six in a batch, one way after
the other in one process. On Linux run it with OpenBLAS preloaded, as training does itself
(docs/finetuning.md).
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from townsfolk.finetune.gguf_files.to_hugging_face import gguf_to_hugging_face
from townsfolk.finetune.training.batches import Batches
from townsfolk.finetune.training.loss import reply_loss
from townsfolk.finetune.training.openblas import find_openblas, mlx_environment
from townsfolk.models.weights import embedded_weights

LENGTH, SHARED, REPLY, BATCH, SCENES, WARM_UP = 256, 208, 30, 6, 8, 1
WAYS = {
    "mlx_lm's loss and batches": None,
    "scores of the reply's tokens alone": Batches(seed=1, sharing=False),
    "and the common beginning once": Batches(seed=1),
}


def dialogues() -> list[tuple[list[int], int]]:
    import numpy as np

    generator = np.random.default_rng(0)
    made = []
    for _ in range(SCENES):
        scene = generator.integers(100, 40_000, SHARED).tolist()
        for _ in range(BATCH):
            own = generator.integers(100, 40_000, LENGTH - SHARED).tolist()
            made.append(([*scene, *own], LENGTH - REPLY))
    return made


def seconds_an_iteration(base: Path, iterations: int, ours: Batches | None) -> float:
    import mlx.core as mx
    import mlx.nn as nn
    import mlx.optimizers as optim
    from mlx_lm import load
    from mlx_lm.tuner.trainer import default_loss, iterate_batches
    from mlx_lm.tuner.utils import linear_to_lora_layers

    model: Any = load(str(base))[0]
    model.freeze()
    linear_to_lora_layers(model, len(model.layers), {"rank": 8, "dropout": 0.0, "scale": 20.0})
    optimizer = optim.Adam(learning_rate=1e-4)
    step = nn.value_and_grad(model, reply_loss if ours else default_loss)
    batches = (ours or iterate_batches)(dialogues(), BATCH, 512, loop=True)
    started = 0.0
    for number, batch in enumerate(batches):
        if number == WARM_UP:
            started = time.perf_counter()
        if number == WARM_UP + iterations:
            break
        (loss, _), gradients = step(model, *batch)
        optimizer.update(model, gradients)
        mx.eval(loss, model.trainable_parameters(), optimizer.state)
    return (time.perf_counter() - started) / iterations


def main() -> None:
    wanted = mlx_environment(find_openblas())
    if any(os.environ.get(key) != value for key, value in wanted.items()):
        # Libraries are preloaded when a process starts.
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **wanted})
    iterations = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory() as folder:
        gguf_to_hugging_face(embedded_weights(), Path(folder))
        baseline = 0.0
        for name, ours in WAYS.items():
            seconds = seconds_an_iteration(Path(folder), iterations, ours)
            baseline = baseline or seconds
            print(f"{name}: {seconds:.2f} s an iteration, {BATCH * LENGTH / seconds:.0f} tokens/s, "
                  f"ratio {baseline / seconds:.2f}")  # fmt: skip


if __name__ == "__main__":
    main()
