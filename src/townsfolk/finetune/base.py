"""The model that is trained, as a folder that MLX loads."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from townsfolk.finetune.chat_template import make_undated
from townsfolk.finetune.config import Base
from townsfolk.finetune.errors import FinetuneError
from townsfolk.finetune.steps import file_hash
from townsfolk.models.weights import embedded_weights

EMBEDDED = "embedded"
_FILES = ["*.json", "*.safetensors", "*.jinja"]
"""What of a model on the hub is needed: weights, settings, tokenizer, chat template."""


def base_file(base: Base, root: Path) -> Path | None:
    """The GGUF file that a base is; None where it is a folder or a name on the hub.

    Raises:
        ModelSetupError: the embedded model's weights are not installed.
        FinetuneError: it names a file or folder that is not there.
    """
    if base.model == EMBEDDED:
        return embedded_weights()
    path = root / base.model
    if path.suffix == ".gguf":
        if not path.is_file():
            raise FinetuneError(f"base.model names {base.model!r}, and there is no such file")
        return path
    return None


def base_folder(base: Base, root: Path) -> Path | None:
    """The Hugging Face folder that a base is; None where it is something else."""
    path = root / base.model
    return path if path.is_dir() else None


def base_identity(base: Base, root: Path) -> dict[str, Any]:
    """What says whether the base is the same as before."""
    file, folder = base_file(base, root), base_folder(base, root)
    if file is not None:
        return {"file": file_hash(file), "bits": base.quantize_bits}
    if folder is not None:
        stats = sorted((p.name, p.stat().st_size) for p in folder.iterdir() if p.is_file())
        return {"folder": str(folder), "files": stats, "bits": base.quantize_bits, "dated": False}
    return {"name": base.model, "bits": base.quantize_bits, "dated": False}


def make_base(base: Base, root: Path, folder: Path) -> Mapping[str, Any]:
    """Fill a folder with the base: from a GGUF file, a folder or the hub; quantized where asked.

    Raises:
        FinetuneError: it is on the hub alone and downloads were not allowed, or is no model.
    """
    file = base_file(base, root)
    if file is not None and base.quantize_bits is None:
        from townsfolk.finetune.gguf_files.to_hugging_face import gguf_to_hugging_face

        gguf_to_hugging_face(file, folder)
        return {"from": file.name, "precision": "float32"}
    source = folder.parent / f"{folder.name}.whole"
    try:
        if file is not None:
            from townsfolk.finetune.gguf_files.to_hugging_face import gguf_to_hugging_face

            gguf_to_hugging_face(file, source)
            origin = source
        else:
            origin = base_folder(base, root) or _downloaded(base)
        if base.quantize_bits is None:
            _link(origin, folder)
        else:
            _quantize(origin, folder, base.quantize_bits)
    finally:
        shutil.rmtree(source, ignore_errors=True)
    told = {"from": base.model, "bits": base.quantize_bits}
    return told | {"chat_template": "without dates"} if make_undated(folder) else told


def _downloaded(base: Base) -> Path:
    if not base.allow_downloads:
        raise FinetuneError(
            f"base.model is {base.model!r}, which is no file or folder here; download it "
            f"(hf download {base.model} --local-dir DIR) and write base.model: DIR, or write "
            "base.allow_downloads: true"
        )
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError

    try:
        return Path(snapshot_download(base.model, allow_patterns=_FILES))
    except (OSError, ValueError, HfHubHTTPError) as error:
        raise FinetuneError(
            f"{base.model} cannot be downloaded ({str(error).splitlines()[0]}); a gated model "
            "wants a login first: hf auth login"
        ) from None


def _link(origin: Path, folder: Path) -> None:
    """The folder's files, without a second copy of the weights."""
    if not (origin / "config.json").is_file():
        raise FinetuneError(f"{origin} is no model: it has no config.json")
    for path in origin.iterdir():
        if path.is_file():
            (folder / path.name).symlink_to(path.resolve())


def _quantize(origin: Path, folder: Path, bits: int) -> None:
    from mlx_lm import convert

    target = folder / "quantized"
    convert(str(origin), str(target), quantize=True, q_bits=bits)
    for path in target.iterdir():
        path.replace(folder / path.name)
    target.rmdir()
