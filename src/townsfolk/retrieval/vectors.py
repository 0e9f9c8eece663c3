"""Vectors kept by content hash and model, so that only changed passages are embedded again."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from townsfolk.retrieval.embedding import Embedder, Vectors
from townsfolk.retrieval.passages import Passage
from townsfolk.town.settings import cache_folder

SHIPPED_FOLDER = Path("knowledge") / "vectors"
"""Vectors that a town ships with its lore; the program only reads them."""

_BATCH = 8

Progress = Callable[[int, int], None]
"""Called with the passages embedded so far and their number."""


def shipped_file(town_root: Path, model: str) -> Path:
    """Where a town ships the vectors of a model."""
    return town_root / SHIPPED_FOLDER / f"{model.replace('/', '_')}.npz"


def cached_file(town_root: Path, model: str) -> Path:
    """Where the program keeps the vectors it made."""
    return cache_folder(town_root) / "vectors" / f"{model.replace('/', '_')}.npz"


def vectors_for(
    town_root: Path, texts: list[Passage], embedder: Embedder, progress: Progress
) -> Vectors:
    """A vector for each passage: shipped, cached, or embedded now and then cached.

    What was embedded is kept after every batch, so an interrupted build goes on where it was.
    """
    cache_file = cached_file(town_root, embedder.name)
    known = read_vectors(shipped_file(town_root, embedder.name)) | read_vectors(cache_file)
    missing = {p.content_hash: p for p in texts if p.content_hash not in known}
    todo = list(missing.values())
    made: dict[str, Vectors] = {}
    for start in range(0, len(todo), _BATCH):
        progress(start, len(todo))
        batch = todo[start : start + _BATCH]
        rows = embedder.passages([passage.text for passage in batch])
        made.update({p.content_hash: row for p, row in zip(batch, rows, strict=True)})
        if len(made) % (_BATCH * 4) == 0 or start + _BATCH >= len(todo):
            wanted = {p.content_hash for p in texts}
            kept = {key: row for key, row in known.items() if key in wanted}
            # Where nothing can be kept, they are made again next time.
            with suppress(OSError):
                write_vectors(cache_file, kept | made)
    if todo:
        progress(len(todo), len(todo))
    known |= made
    return np.stack([known[passage.content_hash] for passage in texts])


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
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as stream:
            rows = np.stack([vectors[key] for key in hashes]).astype(np.float16)
            np.savez(stream, hashes=np.array(hashes), vectors=rows)
        Path(name).chmod(0o644)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def missing_vectors(town_root: Path, texts: Iterable[Passage], model: str) -> int:
    """How many passages would have to be embedded."""
    known = {
        *read_vectors(shipped_file(town_root, model)),
        *read_vectors(cached_file(town_root, model)),
    }
    return sum(passage.content_hash not in known for passage in texts)
