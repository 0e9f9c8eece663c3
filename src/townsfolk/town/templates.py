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

PROMPT_VERSION = "npc-turn/5"
"""The form of the NPC turn's prompt. A tuned model records the version it was trained on."""

FOLDER = "prompts"
"""The folder of templates, in the package and in a town."""


class Templates:
    """Renders `NAME.LANGUAGE.jinja`, from the town's `prompts/` first.

    Templates run in Jinja's sandbox: a town's files are data and cannot reach into Python.
    """

    def __init__(self, town_root: Path | None = None) -> None:
        self.root = town_root
        """The town's folder."""
        self.built_in = FileSystemLoader(Path(str(files("townsfolk.town") / FOLDER)))
        """The templates of the package."""
        self.environment = ImmutableSandboxedEnvironment(
            loader=ChoiceLoader([FunctionLoader(self._override), self.built_in]),
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
            return self.environment.get_template(file).render(**values).strip()
        except SourceError as error:
            raise TownError([error.problem]) from None
        except Exception as error:
            # What a designer's expression can raise is open: a wrong type, a division by zero.
            raise TownError([broken(file, line_of(error, file), str(error))]) from error

    def text(self, file: str) -> str:
        """What stands in a template, the town's own before the built-in one."""
        loader = self.environment.loader
        assert loader is not None
        return loader.get_source(self.environment, file)[0]

    def _override(self, file: str) -> tuple[str, str, None] | None:
        """A town's own template, and the path by which its errors are found."""
        if self.root is None or not (self.root / FOLDER / file).exists():
            return None
        path = self.root / FOLDER / file
        return read_text(self.root, path), str(path), None


def broken(file: str, line: int | None, fault: str, allowed: str = "", remedy: str = "") -> Problem:
    """The problem of a town's template."""
    remedy = remedy or "compare it with the built-in template of the same name"
    return Problem(f"{FOLDER}/{file}", line, "", f"broken template: {fault}", allowed, remedy)


def line_of(error: Exception, file: str) -> int | None:
    """The line of a template in which an error arose."""
    if isinstance(error, TemplateSyntaxError):
        return error.lineno
    frames = [frame for frame in extract_tb(error.__traceback__) if frame.filename.endswith(file)]
    return frames[-1].lineno if frames else None
