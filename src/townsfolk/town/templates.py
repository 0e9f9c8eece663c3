"""Prompt and passage templates: package data, each of which a town may override by file name."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from traceback import extract_tb
from typing import Any

from jinja2 import (
    ChoiceLoader,
    FileSystemLoader,
    FunctionLoader,
    StrictUndefined,
    TemplateSyntaxError,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from townsfolk.town.errors import Problem, TownError
from townsfolk.town.source import SourceError, read_text

FOLDER = "prompts"
"""The folder of templates, in the package and in a town."""


class Templates:
    """Renders `NAME.LANGUAGE.jinja`, from the town's `prompts/` first.

    Templates run in Jinja's sandbox: a town's files are data and cannot reach into Python.
    """

    def __init__(self, town_root: Path | None = None) -> None:
        self._root = town_root
        built_in = FileSystemLoader(Path(str(files("townsfolk.town") / FOLDER)))
        self._environment = ImmutableSandboxedEnvironment(
            loader=ChoiceLoader([FunctionLoader(self._override), built_in]),
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
        except SourceError as error:
            raise TownError([error.problem]) from None
        except Exception as error:
            # What a designer's expression can raise is open: a wrong type, a division by zero.
            raise TownError(
                [Problem(f"{FOLDER}/{file}", _line(error, file), "", f"broken template: {error}",
                         remedy="compare it with the built-in template of the same name")]
            ) from error  # fmt: skip

    def _override(self, file: str) -> tuple[str, str, None] | None:
        """A town's own template, and the path by which its errors are found."""
        if self._root is None or not (self._root / FOLDER / file).exists():
            return None
        path = self._root / FOLDER / file
        return read_text(self._root, path), str(path), None


def _line(error: Exception, file: str) -> int | None:
    """The line of a template in which an error arose."""
    if isinstance(error, TemplateSyntaxError):
        return error.lineno
    frames = [frame for frame in extract_tb(error.__traceback__) if frame.filename.endswith(file)]
    return frames[-1].lineno if frames else None
