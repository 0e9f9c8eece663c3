"""Prompt and passage templates: package data, each of which a town may override by file name."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from townsfolk.town.errors import Problem, TownError


class Templates:
    """Renders `NAME.LANGUAGE.jinja`, from the town's `prompts/` first.

    Templates run in Jinja's sandbox: a town's files are data and cannot reach into Python.
    """

    def __init__(self, town_root: Path | None = None) -> None:
        folders = [Path(str(files("townsfolk.town") / "prompts"))]
        if town_root is not None:
            folders.insert(0, town_root / "prompts")
        self._environment = ImmutableSandboxedEnvironment(
            loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=False,
        )

    def render(self, template: str, language: str, /, **values: Any) -> str:
        """The text of a template.

        Raises:
            TownError: the template (a town's override) is broken.
        """
        file = f"{template}.{language}.jinja"
        try:
            return self._environment.get_template(file).render(**values).strip()
        except TemplateError as error:
            line = getattr(error, "lineno", None)
            raise TownError(
                [Problem(f"prompts/{file}", line, "", f"broken template: {error.message}",
                         remedy="compare it with the built-in template of the same name")]
            ) from error  # fmt: skip

