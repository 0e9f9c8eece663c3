"""Reranking by a service: Cohere, Voyage, Jina and whatever else LiteLLM knows."""

from __future__ import annotations

from collections.abc import Sequence

from townsfolk.models.errors import ModelError
from townsfolk.models.reranking import require_rerank_model, rerank_documents
from townsfolk.retrieval.rerank import RerankError, checked_scores

LONGEST_QUERY = 2000
"""Characters of a query that are sent."""


class LitellmReranker:
    """A rerank model behind LiteLLM; its key comes from the environment (`COHERE_API_KEY`)."""

    def __init__(self, model: str, seconds: float = 10.0) -> None:
        """Import LiteLLM, which takes seconds, and look whether it knows the provider.

        Args:
            model: LiteLLM's name of it: `cohere/rerank-v3.5`.
            seconds: after which a call is given up.

        Raises:
            ModelSetupError: LiteLLM knows no such provider.
        """
        require_rerank_model(model)
        self.name = f"litellm:{model}"
        self._model = model
        self._seconds = seconds

    def rerank(self, query: str, texts: Sequence[str]) -> list[float]:
        """The service's relevance of each text; raises RerankError."""
        if not texts:
            return []
        try:
            scores = rerank_documents(
                self._model, query[:LONGEST_QUERY], list(texts), self._seconds
            )
        except ModelError as error:
            raise RerankError(f"{self.name}: {error}") from error
        return checked_scores(scores, texts)
