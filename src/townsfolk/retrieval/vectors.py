"""Vectors kept by content hash and model, so that only changed chunks are embedded again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from townsfolk.retrieval.chunks import Chunk
from townsfolk.retrieval.embedding.interface import Embedder, Vectors
from townsfolk.retrieval.keeping import archive_name, kept_folder, replacing, shipped_folder

_BATCH = 8

Progress = Callable[[int, int], None]
"""Called with the chunks embedded so far and their number."""


def shipped_file(town_root: Path, model: str) -> Path:
    """Where a town ships the vectors of a model."""
    return shipped_folder(town_root) / archive_name(model)


def cached_file(town_root: Path, model: str) -> Path:
    """Where the program keeps the vectors it made."""
    return kept_folder(town_root) / archive_name(model)


def vectors_for(
    town_root: Path, texts: Sequence[Chunk], embedder: Embedder, progress: Progress
) -> Vectors:
    """A vector for each chunk: shipped, cached, or embedded now and then cached.

    What was embedded is kept after every batch, so an interrupted build goes on where it was.
    """
    cache_file = cached_file(town_root, embedder.name)
    known = read_vectors(shipped_file(town_root, embedder.name)) | read_vectors(cache_file)
    missing = {c.content_hash: c for c in texts if c.content_hash not in known}
    todo = list(missing.values())
    made: dict[str, Vectors] = {}
    for start in range(0, len(todo), _BATCH):
        progress(start, len(todo))
        batch = todo[start : start + _BATCH]
        rows = embedder.passages([chunk.text for chunk in batch])
        made.update({c.content_hash: row for c, row in zip(batch, rows, strict=True)})
        if len(made) % (_BATCH * 4) == 0 or start + _BATCH >= len(todo):
            wanted = {c.content_hash for c in texts}
            kept = {key: row for key, row in known.items() if key in wanted}
            # Where nothing can be kept, they are made again next time.
            with suppress(OSError):
                write_vectors(cache_file, kept | made)
    if todo:
        progress(len(todo), len(todo))
    known |= made
    return np.stack([known[chunk.content_hash] for chunk in texts])


def read_vectors(file: Path) -> dict[str, Vectors]:
    """The vectors of a file by content hash; none when it is absent or damaged."""
    try:
        with np.load(file, allow_pickle=False) as archive:
            rows = archive["vectors"].astype(np.float32)
            return dict(zip(archive["hashes"].tolist(), rows, strict=True))
    except (OSError, ValueError, KeyError, BadZipFile, EOFError):
        return {}


def write_vectors(file: Path, vectors: dict[str, Vectors]) -> None:
    """Replace a file in one step, as half floats (the loss is below 1e-3)."""
    hashes = sorted(vectors)
    rows = np.stack([vectors[key] for key in hashes]).astype(np.float16)
    with replacing(file) as stream:
        np.savez(stream, hashes=np.array(hashes), vectors=rows)


def ship_vectors(town_root: Path, texts: Iterable[Chunk], model: str) -> Path:
    """Write the vectors of these chunks, all of which are known, to ship them with the town.

    Raises:
        OSError: the file cannot be written.
    """
    file = shipped_file(town_root, model)
    known = read_vectors(file) | read_vectors(cached_file(town_root, model))
    write_vectors(file, {chunk.content_hash: known[chunk.content_hash] for chunk in texts})
    cached_file(town_root, model).unlink(missing_ok=True)
    return file
