"""The model card: what a tuned model is, and what was measured of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from townsfolk import __version__
from townsfolk.finetune.comparison.measures import TITLES
from townsfolk.finetune.config import FinetuneConfig
from townsfolk.town.templates import PROMPT_VERSION

CARD, MARKDOWN = "card.json", "model_card.md"


def write_model_card(
    config: FinetuneConfig,
    config_file: str,
    told: Mapping[str, Mapping[str, Any]],
    folder: Path,
    notes: str = "",
) -> Path:
    """Write `card.json` and `model_card.md` of what the steps told; gives the latter's place."""
    from jinja2 import Environment, FileSystemLoader

    known = {
        "name": config.name,
        "config_file": config_file,
        "version": __version__,
        "prompt_version": PROMPT_VERSION,
        "profile": config.profile,
        "base": told["base"]["from"],
        "train": config.train.model_dump(),
        "data_hash": told["prepare"]["data_hash"],
        "examples": told["prepare"]["examples"],
        "trained": told["train"],
        "gguf": told["gguf"],
        "compare": told.get("compare"),
        "other_town": config.compare.town is not None,
    }
    (folder / CARD).write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
    # Markdown for people's eyes; nothing in it is a page.
    environment = Environment(
        loader=FileSystemLoader(Path(str(files("townsfolk.finetune")))),
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
    text = environment.get_template("model_card.md.jinja").render(
        **known, titles=TITLES, notes=notes
    )
    place = folder / MARKDOWN
    place.write_text(text + "\n", encoding="utf-8")
    return place
