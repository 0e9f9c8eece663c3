"""The YAML files of wording that come with the package."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

_FOLDER = Path(str(files("townsfolk.finetune") / "wording"))


def read_wording(name: str) -> Any:
    """What a file of the package's wording says."""
    return yaml.load((_FOLDER / name).read_text(encoding="utf-8"), _Loader)


def wording_named(pattern: str) -> Iterator[tuple[str, Any]]:
    """The names and contents of the files that fit a pattern, in the order of their names."""
    for path in sorted(_FOLDER.glob(pattern)):
        yield path.name, read_wording(path.name)


def wording_hash() -> str:
    """A hash of all of the wording; it changes when anything in it does."""
    content = sha256()
    for path in sorted(_FOLDER.glob("*.yaml")):
        content.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return content.hexdigest()


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Reads `1:` and `no` as texts, which wording is made of."""


_Loader.yaml_implicit_resolvers = {}
