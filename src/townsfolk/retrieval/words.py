"""The words of Korean chunks, kept by content hash beside the vectors.

To cut them anew at each start takes half a second, and brings 50 MB of the analyser's dictionary
into memory that a process which only searches has no need of.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from townsfolk.language.tokens import analyser_version, has_hangul, korean_words
from townsfolk.retrieval.chunks import Chunk
from townsfolk.retrieval.keeping import kept_folder, replacing, shipped_folder

_FORM = 1
"""Changes where the words of a text are cut in another way."""


def words_for(town_root: Path, chunks: Sequence[Chunk]) -> list[str]:
    """The words of each chunk, with spaces between: shipped, kept, or cut now and then kept."""
    if analyser_version() is None:
        return [korean_words(chunk.text) for chunk in chunks]
    known = _read(_shipped(town_root)) | _read(_cached(town_root))
    korean = {chunk.content_hash: chunk.text for chunk in chunks if has_hangul(chunk.text)}
    if missing := korean.keys() - known.keys():
        known |= {key: korean_words(korean[key]) for key in missing}
        # Where nothing can be kept, they are cut again next time.
        with suppress(OSError):
            _write(_cached(town_root), {key: known[key] for key in korean})
    return [known.get(chunk.content_hash, chunk.text) for chunk in chunks]


def ship_words(town_root: Path, chunks: Iterable[Chunk]) -> Path | None:
    """Write the words of these chunks, to ship them with the town; None without an analyser.

    Raises:
        OSError: the file cannot be written.
    """
    if analyser_version() is None:
        return None
    korean = [chunk for chunk in chunks if has_hangul(chunk.text)]
    words = words_for(town_root, korean)
    file = _shipped(town_root)
    _write(file, {c.content_hash: text for c, text in zip(korean, words, strict=True)})
    _cached(town_root).unlink(missing_ok=True)
    return file


def _name() -> str:
    return f"korean_words_{_FORM}_{analyser_version()}.json"


def _shipped(town_root: Path) -> Path:
    return shipped_folder(town_root) / _name()


def _cached(town_root: Path) -> Path:
    return kept_folder(town_root) / _name()


def _read(file: Path) -> dict[str, str]:
    """The words of a file by content hash; none when it is absent or damaged."""
    try:
        kept = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(kept, dict):
        return {}
    return {key: words for key, words in kept.items() if isinstance(words, str)}


def _write(file: Path, words: dict[str, str]) -> None:
    """Replace a file in one step."""
    told = json.dumps(dict(sorted(words.items())), ensure_ascii=False, indent=0)
    with replacing(file) as stream:
        stream.write(told.encode())
