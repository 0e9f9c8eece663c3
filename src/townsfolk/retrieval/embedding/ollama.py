"""Embedding models that an Ollama server runs."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from typing import Any

import numpy as np

from townsfolk.models.ollama import ollama_host
from townsfolk.retrieval.embedding.interface import EmbeddingError, Vectors, prefixes, unit

PREFIX = "ollama/"
_SECONDS = 60.0


class OllamaEmbedder:
    """A model of an Ollama server, by its name there."""

    def __init__(self, model: str) -> None:
        """Ask the server for a vector, so that a model that is missing is told at once.

        Raises:
            EmbeddingError: the server is away or has no such model.
        """
        self._model = model
        self._host = ollama_host()
        self._before = prefixes(model)
        self.name = PREFIX + model
        self.size = len(self._embed(["size"])[0])

    def passages(self, texts: list[str]) -> Vectors:
        """One row for each text to be found."""
        return self._embed([self._before[0] + text for text in texts])

    def query(self, text: str) -> Vectors:
        """The vector of a question."""
        return np.asarray(self._embed([self._before[1] + text])[0], dtype=np.float32)

    def _embed(self, texts: list[str]) -> Vectors:
        body = json.dumps({"model": self._model, "input": texts, "truncate": True}).encode()
        request = urllib.request.Request(
            f"{self._host}/api/embed", body, {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=_SECONDS) as response:
                answer: Any = json.load(response)
            rows = np.asarray(answer["embeddings"], dtype=np.float32)
        except urllib.error.HTTPError as error:
            raise EmbeddingError(self._refused(error)) from error
        except (OSError, http.client.HTTPException) as error:
            raise EmbeddingError(
                f"no Ollama server answers at {self._host}: start it with: ollama serve"
            ) from error
        except (ValueError, KeyError, TypeError) as error:
            raise EmbeddingError(f"{self._host} did not answer with embeddings") from error
        if rows.ndim != 2 or len(rows) != len(texts):
            raise EmbeddingError(f"{self._host} gave no vector for each text")
        return unit(rows)

    def _refused(self, error: urllib.error.HTTPError) -> str:
        if error.code == 404:
            return f"Ollama has no model {self._model!r}: ollama pull {self._model}"
        return f"Ollama refused to embed with {self._model!r}: HTTP {error.code}"
