"""Qdrant's edge: the server's engine inside this process.

A shard belongs to one process at a time. So the shard that was built is never opened again: every
process searches a copy of its own, and any number of them may read one town.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
import time
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from townsfolk.retrieval.allowed import Allowed, conditions
from townsfolk.retrieval.embedding.interface import Vectors
from townsfolk.retrieval.fusion import Leg
from townsfolk.retrieval.stores.copying import copy_sparse
from townsfolk.retrieval.stores.interface import DENSE, Contents, StoreError, Terms

EDGE = "edge"
_BATCH = 1000
_TRIES = 5
_ABANDONED_AFTER = 3600.0
"""Seconds; 20,000 chunks are built in one minute."""


class EdgeStore:
    """A copy of a town's shard, removed when it is closed or the process ends."""

    name = EDGE

    def __init__(self, folder: Path, contents: Contents) -> None:
        """Open the shard of these contents below a folder, building it if need be.

        Raises:
            StoreError: `qdrant-edge-py` is not installed, or the folder cannot be written.
        """
        if not edge_available():
            raise StoreError("the store edge is not installed: pip install qdrant-edge-py")
        import qdrant_edge

        self._edge: Any = qdrant_edge
        try:
            self._copy = _copy(folder, contents)
        except OSError as error:
            raise StoreError(f"{folder} cannot be written: {error.strerror or error}") from error
        self._shard: Any = qdrant_edge.EdgeShard.load(self._copy.name)
        # What is open stays readable, and so a process that is killed leaves nothing behind. Where
        # the system does not allow it, the copy goes at the end.
        self._copy.cleanup()

    def search(
        self, queries: Mapping[str, Vectors | Terms], allowed: Allowed, limit: int
    ) -> dict[str, Leg]:
        """For each vector the best points with their scores."""
        only = conditions(allowed, self._edge, self._edge.RangeFloat)
        return {
            name: self._search(_nearest(self._edge, vector), name, only, limit)
            for name, vector in queries.items()
        }

    def close(self) -> None:
        self._shard.close()
        self._copy.cleanup()

    def _search(self, vector: Any, using: str, only: Any, limit: int) -> Leg:
        query = self._edge.Query.Nearest(vector, using=using)
        request = self._edge.QueryRequest(limit=limit, query=query, filter=only)
        return [(int(point.id), float(point.score)) for point in self._shard.query(request)]


def edge_available() -> bool:
    """Whether the engine has a wheel on this machine."""
    return find_spec("qdrant_edge") is not None


def _copy(folder: Path, contents: Contents) -> tempfile.TemporaryDirectory[str]:
    """A copy of the shard of these contents, for this process alone."""
    for _ in range(_TRIES):
        master = _master(folder, contents)
        copy = tempfile.TemporaryDirectory(prefix="townsfolk-edge-", ignore_cleanup_errors=True)
        try:
            shutil.copytree(master, copy.name, copy_function=copy_sparse, dirs_exist_ok=True)
        except OSError:
            copy.cleanup()
            # Gone, if another process with other contents has removed it in the meantime.
            if master.is_dir():
                raise
        else:
            return copy
    raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))


def _master(folder: Path, contents: Contents) -> Path:
    """The shard of these contents; built beside its place and moved there when it is whole."""
    place = folder / contents.key
    if place.is_dir():
        return place
    folder.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(dir=folder, suffix=".part"))
    try:
        _build(building, contents)
        building.rename(place)
    except OSError:
        # Another process was faster.
        if not place.is_dir():
            raise
    finally:
        shutil.rmtree(building, ignore_errors=True)
    for old in folder.iterdir():
        if old != place and (old.suffix != ".part" or _abandoned(old)):
            shutil.rmtree(old, ignore_errors=True)
    return place


def _abandoned(building: Path) -> bool:
    """Whether whoever builds there must have been killed."""
    try:
        return time.time() - building.stat().st_mtime > _ABANDONED_AFTER
    except OSError:
        return False


def _build(folder: Path, contents: Contents) -> None:
    import qdrant_edge as edge

    vectors = {}
    if contents.dense is not None:
        size = contents.dense.shape[1]
        vectors[DENSE] = edge.EdgeVectorParams(size=size, distance=edge.Distance.Cosine)
    shard = edge.EdgeShard.create(
        str(folder),
        edge.EdgeConfig(
            vectors=vectors,
            sparse_vectors={
                name: edge.EdgeSparseVectorParams(modifier=edge.Modifier.Idf)
                for name in contents.sparse
            },
        ),
    )
    update = edge.UpdateOperation
    for field in ("told_to", "shared_by"):
        shard.update(update.create_field_index(field, edge.PayloadSchemaType.Keyword))
    for field in ("valid_from", "valid_to"):
        shard.update(update.create_field_index(field, edge.PayloadSchemaType.Integer))
    for start in range(0, len(contents.payloads), _BATCH):
        numbers = range(start, min(start + _BATCH, len(contents.payloads)))
        shard.update(update.upsert_points([_point(edge, contents, n) for n in numbers]))
    shard.optimize()
    shard.flush()
    shard.close()


def _nearest(edge: Any, vector: Vectors | Terms) -> Any:
    if isinstance(vector, Terms):
        return edge.SparseVector(indices=vector.indices, values=vector.values)
    return vector.tolist()


def _point(edge: Any, contents: Contents, number: int) -> Any:
    vector = {name: _nearest(edge, terms[number]) for name, terms in contents.sparse.items()}
    if contents.dense is not None:
        vector[DENSE] = contents.dense[number].tolist()
    return edge.Point(number, vector, contents.payloads[number])
