"""The chat template of a model folder: what turns messages into the text that a model sees."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

_CONFIG, _ALONE = "tokenizer_config.json", "chat_template.jinja"
_DATED = "Today Date: "
"""In Llama 3.1's own template, which tells the date in each system message."""


def chat_template(folder: Path) -> str | None:
    """The template of a Hugging Face folder, in Jinja; None where it has none."""
    alone = folder / _ALONE
    if alone.is_file():
        return alone.read_text(encoding="utf-8")
    template = _config(folder).get("chat_template")
    return template if isinstance(template, str) else None


def make_undated(folder: Path) -> bool:
    """Take Llama 3's plain template where a folder's tells the date; gives whether it did.

    Ollama's does not tell it, and a model is to see in the game what it saw in training. Files that
    are links stay as they were where they lead to.
    """
    template = chat_template(folder)
    if template is None or _DATED not in template:
        return False
    plain = files("townsfolk.finetune").joinpath("llama3_chat.jinja").read_text(encoding="utf-8")
    config = _config(folder) | {"chat_template": plain}
    for name, text in ((_ALONE, plain), (_CONFIG, json.dumps(config, indent=1) + "\n")):
        (folder / name).unlink(missing_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return True


def _config(folder: Path) -> dict[str, Any]:
    path = folder / _CONFIG
    if not path.is_file():
        return {}
    config: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return config
