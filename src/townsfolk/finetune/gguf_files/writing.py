"""Writing GGUF files: an adapter, and a fused model after its base's pattern.

The names and layouts are llama.cpp's (`convert_lora_to_gguf.py`, `convert_hf_to_gguf.py`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from townsfolk.finetune.errors import FinetuneError
from townsfolk.finetune.gguf_files.heads import to_gguf_order
from townsfolk.finetune.gguf_files.reading import open_gguf, value
from townsfolk.models.adapter import PROMPT_VERSION_KEY

if TYPE_CHECKING:
    import numpy as np
    from gguf import GGUFWriter
    from numpy.typing import NDArray

ARCHITECTURES = {"llama": "llama", "mistral": "llama", "qwen2": "qwen2", "qwen3": "qwen3"}
"""llama.cpp's architecture by Hugging Face's `model_type`."""
_HALVED = ("llama",)
"""Architectures whose query and key rows llama.cpp keeps in another order."""


def write_adapter(adapter_folder: Path, base_folder: Path, file: Path, prompt_version: str) -> None:
    """A LoRA adapter of `mlx_lm` as a GGUF file, in half precision.

    Raises:
        FinetuneError: the base is of an architecture whose layout is not known here, or the
            adapter is none of LoRA (DoRA has no GGUF form; its fused model has).
    """
    import numpy as np
    from gguf import LlamaFileType
    from safetensors.numpy import load_file

    settings = read_json_file(adapter_folder / "adapter_config.json")
    if settings.get("fine_tune_type", "lora") != "lora":
        raise FinetuneError("only LoRA has an adapter in GGUF; use the fused model instead")
    config = read_json_file(base_folder / "config.json")
    architecture = _architecture(config)
    parameters = settings["lora_parameters"]
    writer = _writer(file, architecture)
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    # llama.cpp scales by alpha / rank.
    writer.add_float32("adapter.lora.alpha", float(parameters["scale"]) * parameters["rank"])
    writer.add_string(PROMPT_VERSION_KEY, prompt_version)
    writer.add_file_type(LlamaFileType.MOSTLY_F16)
    names = _names(architecture, config)
    for name, matrix in sorted(load_file(adapter_folder / "adapters.safetensors").items()):
        module, _, part = name.rpartition(".")
        rows = matrix.T
        if part == "lora_b":
            rows = _ordered(rows, module, architecture, config)
        told = np.ascontiguousarray(rows, dtype=np.float16)
        writer.add_tensor(f"{names(module)}.weight.{part}", told)
    _write(writer)


def write_fused(fused_folder: Path, base: Path, file: Path, prompt_version: str) -> None:
    """A fused model as a GGUF file with the metadata and vocabulary of the base's, in half
    precision; norms in single.

    Raises:
        FinetuneError: the base is no GGUF file, or of an architecture not known here.
    """
    import numpy as np
    from gguf import LlamaFileType

    config = read_json_file(fused_folder / "config.json")
    architecture = _architecture(config)
    writer = _writer(file, architecture)
    _copy_metadata(base, writer)
    writer.add_string(PROMPT_VERSION_KEY, prompt_version)
    writer.add_file_type(LlamaFileType.MOSTLY_F16)
    names = _names(architecture, config)
    for name, matrix in sorted(_weights(fused_folder).items()):
        module, _, part = name.rpartition(".")
        rows = _ordered(matrix, module, architecture, config)
        kind = np.float32 if rows.ndim == 1 else np.float16
        writer.add_tensor(f"{names(module)}.{part}", np.ascontiguousarray(rows, dtype=kind))
    _write(writer)


def read_json_file(path: Path) -> dict[str, Any]:
    """A JSON file that another program wrote. Raises FinetuneError when it cannot be read."""
    try:
        read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FinetuneError(f"{path} cannot be read ({error}); run the step before again") from None
    return read


def _architecture(config: Mapping[str, Any]) -> str:
    kind = str(config.get("model_type"))
    if kind not in ARCHITECTURES:
        known = ", ".join(sorted(ARCHITECTURES))
        raise FinetuneError(
            f"models of the type {kind!r} cannot be written as GGUF here (known: {known}); "
            "name a llama.cpp checkout as gguf.llama_cpp, whose converter knows more"
        )
    return ARCHITECTURES[kind]


def _names(architecture: str, config: Mapping[str, Any]) -> Any:
    from gguf import MODEL_ARCH_NAMES, get_tensor_name_map

    arch = next(key for key, name in MODEL_ARCH_NAMES.items() if name == architecture)
    known = get_tensor_name_map(arch, int(config["num_hidden_layers"]))

    def name(module: str) -> str:
        found: str | None = known.get_name(module)
        if found is None:
            raise FinetuneError(f"the layer {module!r} has no name in GGUF")
        return found

    return name


def _ordered(
    rows: NDArray[np.floating[Any]], module: str, architecture: str, config: Mapping[str, Any]
) -> NDArray[np.floating[Any]]:
    if architecture not in _HALVED:
        return rows
    heads = int(config["num_attention_heads"])
    if module.endswith("q_proj"):
        return to_gguf_order(rows, heads)
    if module.endswith("k_proj"):
        return to_gguf_order(rows, int(config.get("num_key_value_heads") or heads))
    return rows


def _weights(folder: Path) -> dict[str, NDArray[np.floating[Any]]]:
    """All tensors of a folder, bfloat16 (which NumPy has not) brought to float32."""
    import mlx.core as mx
    import numpy as np

    found: dict[str, Any] = {}
    for path in sorted(folder.glob("*.safetensors")):
        tensors: Any = mx.load(str(path))
        found |= {name: np.array(tensor.astype(mx.float32)) for name, tensor in tensors.items()}
    return found


def _copy_metadata(base: Path, writer: GGUFWriter) -> None:
    from gguf import GGUFValueType

    reader = open_gguf(base)
    of_file = {"general.architecture", "general.file_type", "general.quantization_version"}
    for key, field in reader.fields.items():
        if key.startswith("GGUF.") or key in of_file:
            continue
        kind, *inner = field.types
        inside = inner[0] if kind == GGUFValueType.ARRAY else None
        writer.add_key_value(key, value(reader, key), kind, inside)


def _writer(file: Path, architecture: str) -> GGUFWriter:
    from gguf import GGUFWriter

    file.parent.mkdir(parents=True, exist_ok=True)
    return GGUFWriter(file, architecture)


def _write(writer: GGUFWriter) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
