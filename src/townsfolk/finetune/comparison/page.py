"""A comparison as one self-contained HTML page."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from townsfolk.finetune.comparison.measures import TITLES


def page(told: Mapping[str, Any]) -> str:
    """The page of what `compare.as_json` gives; every text in it is escaped."""
    from jinja2 import Environment, FileSystemLoader

    folder = Path(str(files("townsfolk.finetune.comparison")))
    environment = Environment(
        loader=FileSystemLoader(folder), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("page.html.jinja").render(**told, titles=TITLES)
