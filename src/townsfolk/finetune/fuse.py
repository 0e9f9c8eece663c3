"""The adapter worked into the base's weights."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from townsfolk.finetune.commands import run_command
from townsfolk.finetune.training.openblas import find_openblas, mlx_environment


def fuse(base: Path, adapter: Path, folder: Path) -> Mapping[str, Any]:
    """Write the fused model with `mlx_lm`; a quantized base is dequantized first, for GGUF knows
    nothing of MLX's quantization.

    Raises:
        FinetuneError: `mlx_lm` could not.
    """
    config = json.loads((base / "config.json").read_text(encoding="utf-8"))
    quantized = "quantization" in config
    command = [
        sys.executable, "-m", "mlx_lm", "fuse", "--model", str(base),
        "--adapter-path", str(adapter), "--save-path", str(folder / "model"),
        *(["--dequantize"] if quantized else []),
    ]  # fmt: skip
    environment = {**os.environ, **mlx_environment(find_openblas())}
    run_command(command, "mlx_lm could not fuse the adapter", environment)
    return {"dequantized": quantized}
