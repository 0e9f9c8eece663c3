"""Speed of training: our loss (scores of the reply's tokens alone) against `mlx_lm`'s own.

    uv run python benchmarks/training.py [ITERATIONS]

Both train the embedded model on the same dialogues of 256 tokens, 30 of them the reply's, two in a
batch, one after the other in one process. On Linux run it with OpenBLAS preloaded, as training does
itself (docs/finetuning.md).
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

LENGTH, REPLY, BATCH, WARM_UP = 256, 30, 2, 2


def dialogues() -> list[tuple[list[int], int]]:
    import numpy as np

    drawn = np.random.default_rng(0).integers(100, 40_000, (64, LENGTH))
    return [([int(token) for token in row], LENGTH - REPLY) for row in drawn]


def seconds_an_iteration(base: Path, iterations: int, ours: bool) -> float:
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
    made = Batches(seed=1) if ours else iterate_batches
    step = nn.value_and_grad(model, reply_loss if ours else default_loss)
    batches = made(dialogues(), BATCH, 512, loop=True)
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
    iterations = int(sys.argv[1]) if len(sys.argv) > 1 else 6
    with tempfile.TemporaryDirectory() as folder:
        gguf_to_hugging_face(embedded_weights(), Path(folder))
        theirs = seconds_an_iteration(Path(folder), iterations, ours=False)
        ours = seconds_an_iteration(Path(folder), iterations, ours=True)
    tokens = BATCH * LENGTH
    print(f"mlx_lm's loss: {theirs:.2f} s an iteration, {tokens / theirs:.0f} tokens/s")
    print(f"reply's tokens alone: {ours:.2f} s an iteration, {tokens / ours:.0f} tokens/s")
    print(f"ratio: {theirs / ours:.2f}")


if __name__ == "__main__":
    main()
