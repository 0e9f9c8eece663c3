"""llama.cpp's own tools: its converter for bases that are no GGUF file, its quantizer."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from townsfolk.finetune.commands import run_command
from townsfolk.finetune.errors import FinetuneError

CONVERTER = "convert_hf_to_gguf.py"
QUANTIZER = "llama-quantize"

HOW_TO_GET = (
    "git clone https://github.com/ggml-org/llama.cpp, install what its "
    "requirements/requirements-convert_hf_to_gguf.txt asks for, and write gguf.llama_cpp: its "
    "folder; without it set gguf.fused: false, for the adapter alone is enough for Ollama"
)


def find_converter(llama_cpp: str | None) -> Path | None:
    """The converter in a checkout, or the one on the path (Homebrew's llama.cpp puts it there)."""
    if llama_cpp is not None:
        path = Path(llama_cpp).expanduser() / CONVERTER
        return path if path.is_file() else None
    found = shutil.which(CONVERTER)
    return Path(found) if found else None


def require_converter(llama_cpp: str | None) -> Path:
    """The converter. Raises FinetuneError: there is none."""
    converter = find_converter(llama_cpp)
    if converter is None:
        raise FinetuneError(f"llama.cpp's {CONVERTER} is not found: {HOW_TO_GET}")
    return converter


def convert(folder: Path, file: Path, llama_cpp: str | None) -> None:
    """A Hugging Face folder as a GGUF file in half precision, by llama.cpp's converter.

    Raises:
        FinetuneError: there is no converter, or it could not.
    """
    converter = require_converter(llama_cpp)
    command = [
        _python_of(converter), str(converter), str(folder), "--outfile", str(file),
        "--outtype", "f16",
    ]  # fmt: skip
    run_command(command, f"{CONVERTER} could not convert the model")


def _python_of(converter: Path) -> str:
    """The Python of the checkout's own environment, where it has one: the converter needs PyTorch,
    which Townsfolk does not."""
    own = converter.parent / ".venv" / "bin" / "python"
    return str(own) if own.is_file() else sys.executable


def find_quantizer(llama_cpp: str | None) -> Path | None:
    """llama.cpp's quantizer: in a checkout's build, or on the path."""
    places = [Path(llama_cpp).expanduser() / "build" / "bin" / QUANTIZER] if llama_cpp else []
    found = shutil.which(QUANTIZER)
    places += [Path(found)] if found else []
    return next((path for path in places if path.is_file()), None)


def quantize(quantizer: Path, file: Path, kind: str) -> Path:
    """A quantized copy beside a GGUF file. Raises FinetuneError."""
    target = file.with_name(f"{file.stem.removesuffix('-f16')}-{kind.lower()}.gguf")
    command = [str(quantizer), str(file), str(target), kind]
    run_command(command, f"{QUANTIZER} could not make {kind}")
    return target
