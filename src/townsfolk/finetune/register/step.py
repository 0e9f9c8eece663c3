"""The step that registers the tuned model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from townsfolk.finetune.config import Register
from townsfolk.finetune.register.modelfile import modelfile, recipe
from townsfolk.finetune.register.ollama import OllamaAway, create_model
from townsfolk.finetune.steps import UNFINISHED
from townsfolk.models.ollama import ollama_host

MODELFILE = "Modelfile"


def register_step(
    settings: Register,
    fused: Path | None,
    adapter: Path | None,
    chat_template: str | None,
    folder: Path,
    note: Callable[[str], None],
) -> Mapping[str, Any]:
    """Write the Modelfile and make the model in Ollama; without Ollama, say how to do it later.

    Raises:
        FinetuneError: there is nothing to register, or Ollama refused.
    """
    made = recipe(settings, fused, adapter, chat_template)
    (folder / MODELFILE).write_text(modelfile(made), encoding="utf-8")
    host = ollama_host()
    # The folder is renamed when the step is over.
    place = folder.with_name(folder.name.removesuffix(".part")) / MODELFILE
    try:
        create_model(host, settings.name, made, settings.quantize, note)
    except OllamaAway:
        quantized = f" --quantize {settings.quantize}" if settings.quantize else ""
        command = f"ollama create {settings.name}{quantized} -f {place}"
        note(f"Ollama does not answer at {host}; when it runs: {command}")
        return {"registered": False, "command": command, UNFINISHED: True}
    note(f"to play with it: TOWNSFOLK_NPC_MODEL=ollama_chat/{settings.name} townsfolk play")
    return {"registered": True, "model": settings.name, "host": host}
