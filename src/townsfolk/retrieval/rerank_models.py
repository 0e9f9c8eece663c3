"""Cross-encoders on this machine or a hub, loaded by fastembed."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from townsfolk.models.errors import ModelSetupError, first_line
from townsfolk.town.telemetry import forbid_telemetry

_TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json")
_USUAL_FILES = (
    "onnx/model.onnx",
    "model.onnx",
    "onnx/model_int8.onnx",
    "onnx/model_quantized.onnx",
    "model_int8.onnx",
    "model_quantized.onnx",
)
"""Where exports of models keep their graph, the most exact first."""


def supported_models() -> list[str]:
    """The cross-encoders that fastembed knows by name."""
    forbid_telemetry()
    from fastembed.rerank.cross_encoder.onnx_text_cross_encoder import OnnxTextCrossEncoder

    # The registry of `TextCrossEncoder` itself also lists the folders registered here.
    return [described.model for described in OnnxTextCrossEncoder._list_supported_models()]


def load_named(model: str, allow_downloads: bool) -> Any:
    """A model of fastembed's, from its cache or, where that is allowed, from a hub.

    Raises:
        ModelSetupError: it is not to be had.
    """
    forbid_telemetry()
    from fastembed.rerank.cross_encoder import TextCrossEncoder
    from loguru import logger

    # fastembed would tell on the terminal, too, what is said here.
    logger.disable("fastembed")
    try:
        return TextCrossEncoder(model, local_files_only=not allow_downloads)
    except Exception as error:
        remedy = "give the folder that holds it (cross-encoder:FOLDER)"
        if allow_downloads:
            fault = f"could not be fetched or loaded ({first_line(error)})"
        else:
            fault, remedy = "is not whole on this machine", f"{remedy}, or allow downloads"
        raise ModelSetupError(f"the cross-encoder {model} {fault}; {remedy}") from error
    finally:
        logger.enable("fastembed")


def load_folder(path: Path) -> Any:
    """A model in a folder, whatever it was trained by and however its files lie.

    Raises:
        ModelSetupError: there is none, or it is incomplete or broken.
    """
    forbid_telemetry()
    from fastembed.common.model_description import ModelSource
    from fastembed.rerank.cross_encoder import TextCrossEncoder

    file = _graph(path)
    written = f"{path.resolve()}\n{file}".encode()
    # fastembed compares names without regard to case, as folders must not be compared.
    name = f"folder/{hashlib.sha256(written).hexdigest()[:16]}"
    registered = {model["model"] for model in TextCrossEncoder.list_supported_models()}
    if name not in registered:
        weights = [data.relative_to(path).as_posix() for data in path.glob(f"{file}_data*")]
        TextCrossEncoder.add_custom_model(
            name, ModelSource(hf=name), model_file=file, additional_files=weights
        )
    try:
        return TextCrossEncoder(name, specific_model_path=str(path), local_files_only=True)
    except Exception as error:
        raise ModelSetupError(
            f"the cross-encoder in {path} cannot be loaded: {first_line(error)}"
        ) from error


def _graph(path: Path) -> str:
    """The model's file in a folder; raises ModelSetupError where something is missing."""
    if not path.is_dir():
        fault = "is no folder" if path.exists() else "is not there"
        raise ModelSetupError(f"the folder of the cross-encoder, {path}, {fault}")
    others = sorted(file.relative_to(path).as_posix() for file in path.rglob("*.onnx"))
    files = [file for file in (*_USUAL_FILES, *others) if (path / file).is_file()]
    missing = [name for name in _TOKENIZER_FILES if not (path / name).is_file()]
    missing += [] if files else [f"a model ({_USUAL_FILES[0]})"]
    if missing:
        raise ModelSetupError(
            f"the folder of the cross-encoder, {path}, lacks {', '.join(missing)}; "
            "fetch all files of the model's ONNX export"
        )
    return files[0]
