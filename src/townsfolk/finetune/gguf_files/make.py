"""The GGUF files of a training: adapter and fused model, looked at before they are used."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from townsfolk.finetune.config import Gguf
from townsfolk.finetune.gguf_files.convert import (
    QUANTIZER,
    convert,
    find_quantizer,
    quantize,
    require_converter,
)
from townsfolk.finetune.gguf_files.parity import check_parity, expected_by_mlx
from townsfolk.finetune.gguf_files.writing import write_adapter, write_fused
from townsfolk.town.templates import PROMPT_VERSION

ADAPTER, FUSED = "adapter.gguf", "fused-f16.gguf"


def make_gguf(
    settings: Gguf,
    base_gguf: Path | None,
    base: Path,
    adapter: Path,
    fused: Path | None,
    data: Path,
    folder: Path,
    note: Callable[[str], None],
) -> Mapping[str, Any]:
    """Write the files into a folder and check them against MLX.

    `base_gguf` is the file that the base was read from, where it was one.

    Raises:
        FinetuneError: a file cannot be made, or does not say what the MLX model says.
    """
    if fused is not None and base_gguf is None:
        # Before the minutes that the adapter takes.
        require_converter(settings.llama_cpp)
    told: dict[str, Any] = {}
    trained = json.loads((adapter / "adapter_config.json").read_text(encoding="utf-8"))
    if trained["fine_tune_type"] == "lora":
        write_adapter(adapter, base, folder / ADAPTER, PROMPT_VERSION)
        told["adapter_bytes"] = (folder / ADAPTER).stat().st_size
        if base_gguf is not None:
            note("checking the adapter against MLX")
            expected = expected_by_mlx(base, adapter, data, settings.parity_prompts)
            told["adapter_parity"] = round(
                check_parity(expected, base_gguf, folder / ADAPTER, settings.adapter_parity_bound),
                4,
            )
    else:
        note(f"{trained['fine_tune_type']} has no adapter in GGUF; there is the fused model")
    if fused is None:
        return told
    if base_gguf is not None:
        write_fused(fused, base_gguf, folder / FUSED, PROMPT_VERSION)
    else:
        convert(fused, folder / FUSED, settings.llama_cpp)
    note("checking the fused model against MLX")
    expected = expected_by_mlx(fused, None, data, settings.parity_prompts)
    told["fused_parity"] = round(
        check_parity(expected, folder / FUSED, None, settings.parity_bound), 4
    )
    told["fused_bytes"] = (folder / FUSED).stat().st_size
    told["quantized"] = _quantized(settings, folder, note)
    return told


def _quantized(settings: Gguf, folder: Path, note: Callable[[str], None]) -> list[str]:
    if not settings.quantize:
        return []
    quantizer = find_quantizer(settings.llama_cpp)
    if quantizer is None:
        note(f"{QUANTIZER} is not found, so nothing was quantized; Ollama can: register.quantize")
        return []
    return [quantize(quantizer, folder / FUSED, kind).name for kind in settings.quantize]
