"""Checkpoints of a training: what is needed to go on as if nothing had happened, and the best."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(slots=True)
class State:
    """How far a training is."""

    iteration: int = 0
    best: float | None = None
    """The lowest validation loss so far, in nats a token."""
    best_at: int = 0
    worse: int = 0
    """Looks at the validation loss since then."""
    looked_at: int = -1
    """The iteration of the last of them."""
    stopped: bool = False
    """Whether it has ended before its last iteration."""


class Checkpoints:
    """The files of a training's folder.

    `checkpoint-N/` has adapter, optimizer and state of iteration N; only one whole is kept.
    `best/` has the adapter with the lowest validation loss, as `mlx_lm` loads it.
    """

    def __init__(self, folder: Path, adapter_config: dict[str, Any]) -> None:
        self.folder = folder
        self._config = adapter_config

    def save(self, model: Any, optimizer: Any, state: State) -> None:
        """Write a checkpoint beside the last one, which goes when the new one is whole."""
        import mlx.core as mx
        from mlx.utils import tree_flatten

        if not first_process():
            return
        part = self.folder / "checkpoint.part"
        part.mkdir(parents=True, exist_ok=True)
        adapter = dict(tree_flatten(model.trainable_parameters()))
        mx.save_safetensors(str(part / "adapters.safetensors"), adapter)
        kept = {name: mx.array(value) for name, value in tree_flatten(optimizer.state)}
        mx.save_safetensors(str(part / "optimizer.safetensors"), kept)
        (part / "state.json").write_text(json.dumps(asdict(state)) + "\n", encoding="utf-8")
        earlier = self._saved()
        target = self.folder / f"checkpoint-{state.iteration:07d}"
        if target in earlier:
            # The same iteration again: only its state has more to say.
            (part / "state.json").replace(target / "state.json")
            return
        part.replace(target)
        for folder in earlier:
            _remove(folder)

    def load(self, model: Any, optimizer: Any) -> State | None:
        """Bring model and optimizer to the last checkpoint; None where there is none."""
        import mlx.core as mx
        from mlx.utils import tree_unflatten

        saved = self._saved()
        if not saved:
            return None
        last = saved[-1]
        model.load_weights(str(last / "adapters.safetensors"), strict=False)
        kept: Any = mx.load(str(last / "optimizer.safetensors"))
        optimizer.state = tree_unflatten(list(kept.items()))
        return State(**json.loads((last / "state.json").read_text(encoding="utf-8")))

    def keep_best(self, model: Any) -> None:
        """Keep the adapter as it is now as the best one."""
        import mlx.core as mx
        from mlx.utils import tree_flatten

        if not first_process():
            return
        best = self.folder / "best"
        best.mkdir(parents=True, exist_ok=True)
        adapter = dict(tree_flatten(model.trainable_parameters()))
        part = best / "part.safetensors"
        mx.save_safetensors(str(part), adapter)
        part.replace(best / "adapters.safetensors")
        told = json.dumps(self._config, indent=1)
        (best / "adapter_config.json").write_text(told + "\n", encoding="utf-8")

    def _saved(self) -> list[Path]:
        return sorted(
            folder
            for folder in self.folder.glob("checkpoint-*")
            if (folder / "state.json").is_file()
        )


def first_process() -> bool:
    """Whether this is the only process of a training, or the first of several."""
    import mlx.core as mx

    return bool(mx.distributed.init().rank() == 0)


def _remove(folder: Path) -> None:
    """The state first, so that what is half removed is no checkpoint."""
    (folder / "state.json").unlink(missing_ok=True)
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
