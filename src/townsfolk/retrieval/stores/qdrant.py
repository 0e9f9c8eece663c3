"""Qdrant through its client: in this process's memory, or on a server; the same code."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from townsfolk.models.errors import first_line
from townsfolk.retrieval.allowed import Allowed, conditions
from townsfolk.retrieval.embedding.interface import Vectors
from townsfolk.retrieval.fusion import Leg
from townsfolk.retrieval.stores.interface import DENSE, Contents, StoreError, Terms

_BATCH = 256
_SECONDS = 30
_ASKING = 3
_KEYWORDS = ("told_to", "shared_by")
_NUMBERS = ("valid_from", "valid_to")


class QdrantStore:
    """A collection that is searched; it is only there when it is whole."""

    def __init__(self, client: Any, contents: Contents, town: str, name: str) -> None:
        """Use the collection of these contents, or build it.

        A collection is named by what it holds. It is built under that name and counts as whole
        once its alias stands, which is the last thing to be made; what an interrupted build left
        is removed.
        """
        self.name = name
        self._client = client
        self._collection = f"townsfolk_{town}_{contents.key}"
        self._whole = f"{self._collection}_whole"
        try:
            if not self._is_whole(len(contents.payloads)):
                self._build(contents)
        except StoreError:
            raise
        except Exception as error:
            raise _failed(name, error) from error

    def search(
        self, queries: Mapping[str, Vectors | Terms], allowed: Allowed, limit: int
    ) -> dict[str, Leg]:
        """For each vector the best points with their scores, all by one request to a server."""
        from qdrant_client import models

        only = conditions(allowed, models, models.Range)
        requests = [
            models.QueryRequest(query=_nearest(vector), using=name, filter=only, limit=limit)
            for name, vector in queries.items()
        ]
        try:
            answers = self._client.query_batch_points(self._collection, requests)
        except Exception as error:
            raise _failed(self.name, error) from error
        return {
            name: [(int(point.id), float(point.score)) for point in answer.points]
            for name, answer in zip(queries, answers, strict=True)
        }

    def close(self) -> None:
        self._client.close()

    def _is_whole(self, points: int) -> bool:
        aliases = self._client.get_aliases().aliases
        if any(alias.alias_name == self._whole for alias in aliases):
            return bool(self._client.count(self._collection, exact=True).count == points)
        return False

    def _build(self, contents: Contents) -> None:
        from qdrant_client import models

        self._client.delete_collection(self._collection)
        dense = {}
        if contents.dense is not None:
            size = contents.dense.shape[1]
            dense[DENSE] = models.VectorParams(size=size, distance=models.Distance.COSINE)
        self._client.create_collection(
            self._collection,
            vectors_config=dense,
            sparse_vectors_config={
                name: models.SparseVectorParams(modifier=models.Modifier.IDF)
                for name in contents.sparse
            },
        )
        self._index_payload()
        for start in range(0, len(contents.payloads), _BATCH):
            numbers = range(start, min(start + _BATCH, len(contents.payloads)))
            self._client.upsert(
                self._collection, [_point(contents, number) for number in numbers], wait=True
            )
        alias = models.CreateAlias(collection_name=self._collection, alias_name=self._whole)
        self._client.update_collection_aliases([models.CreateAliasOperation(create_alias=alias)])

    def _index_payload(self) -> None:
        """Index what filters look at; in memory there is no such index, and nothing to do."""
        from qdrant_client import models

        if self.name == IN_MEMORY:
            return
        kinds = {
            **dict.fromkeys(_KEYWORDS, models.PayloadSchemaType.KEYWORD),
            **dict.fromkeys(_NUMBERS, models.PayloadSchemaType.INTEGER),
        }
        for field, kind in kinds.items():
            self._client.create_payload_index(self._collection, field, kind, wait=True)


IN_MEMORY = "memory"


def in_memory(contents: Contents, town: str) -> QdrantStore:
    """A store in this process's memory."""
    from qdrant_client import QdrantClient

    return QdrantStore(QdrantClient(":memory:"), contents, town, IN_MEMORY)


def on_server(url: str, contents: Contents, town: str) -> QdrantStore:
    """A store on a Qdrant server, with the key of `QDRANT_API_KEY` if there is one.

    Raises:
        StoreError: no server answers there, or it refuses.
    """
    from qdrant_client import QdrantClient

    key = os.environ.get("QDRANT_API_KEY") or None
    try:
        client = QdrantClient(url=url, api_key=key, timeout=_SECONDS, check_compatibility=False)
    except Exception as error:
        raise _failed(url, error) from error
    return QdrantStore(client, contents, town, url)


def server_version(url: str) -> str:
    """The version of a Qdrant server.

    Raises:
        StoreError: no server answers there, or it refuses.
    """
    from qdrant_client import QdrantClient

    key = os.environ.get("QDRANT_API_KEY") or None
    try:
        client = QdrantClient(url=url, api_key=key, timeout=_ASKING, check_compatibility=False)
        client.get_collections()
        return str(client.info().version)
    except Exception as error:
        raise _failed(url, error) from error


def _nearest(vector: Vectors | Terms) -> Any:
    from qdrant_client import models

    if isinstance(vector, Terms):
        return models.SparseVector(indices=vector.indices, values=vector.values)
    return vector.tolist()


def _point(contents: Contents, number: int) -> Any:
    from qdrant_client import models

    vector: dict[str, Any] = {
        name: _nearest(terms[number]) for name, terms in contents.sparse.items()
    }
    if contents.dense is not None:
        vector[DENSE] = contents.dense[number].tolist()
    return models.PointStruct(id=number, vector=vector, payload=contents.payloads[number])


def _failed(where: str, error: Exception) -> StoreError:
    told = first_line(error)
    if where == IN_MEMORY:
        return StoreError(f"the search failed: {told}")
    return StoreError(
        f"Qdrant at {where} does not answer as it should: {told}; "
        "check QDRANT_URL and QDRANT_API_KEY, or unset QDRANT_URL to search in memory"
    )
