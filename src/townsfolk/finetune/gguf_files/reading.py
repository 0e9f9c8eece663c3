"""Opening GGUF files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from townsfolk.finetune.errors import FinetuneError

if TYPE_CHECKING:
    from gguf import GGUFReader


def open_gguf(path: Path) -> GGUFReader:
    """A GGUF file's metadata and tensors, mapped and not yet read.

    Raises:
        FinetuneError: it cannot be read, or is no GGUF file.
    """
    from gguf import GGUFReader

    try:
        return GGUFReader(path)
    except (OSError, ValueError, KeyError, IndexError) as error:
        raise FinetuneError(f"{path} is no GGUF file that can be read: {error}") from None


def value(reader: GGUFReader, key: str, default: Any = None) -> Any:
    """One entry of a file's metadata."""
    field = reader.get_field(key)
    return default if field is None else field.contents()
