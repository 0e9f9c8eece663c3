"""Rerank services behind LiteLLM."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from townsfolk.models.background import result_of
from townsfolk.models.errors import ModelError, ModelSetupError, first_line
from townsfolk.models.routed import import_litellm, translating


def require_rerank_model(model: str) -> None:
    """Import LiteLLM, which takes seconds, and ask it for a model's provider.

    Raises:
        ModelSetupError: LiteLLM knows no such provider.
    """
    litellm = import_litellm()
    try:
        litellm.get_llm_provider(model)
    except Exception as error:
        raise ModelSetupError(
            f"LiteLLM cannot rerank with {model!r}: {first_line(error)}"
        ) from error


def rerank_documents(
    model: str, query: str, documents: Sequence[str], seconds: float
) -> list[float]:
    """The relevance of each document to a query, in the order of the documents.

    Key and address come from the environment (`COHERE_API_KEY`, `COHERE_API_BASE`, …).

    Args:
        model: LiteLLM's name of it: `cohere/rerank-v3.5`.
        query: what is looked for.
        documents: what may answer it.
        seconds: after which the call is given up; it is made once.

    Raises:
        ModelError: the call failed, or its answer does not score every document once.
    """
    return result_of(_rerank(model, query, documents, seconds))


async def _rerank(model: str, query: str, documents: Sequence[str], seconds: float) -> list[float]:
    litellm = import_litellm()
    with translating(seconds):
        async with asyncio.timeout(seconds):
            response = await litellm.arerank(
                model=model,
                query=query,
                documents=list(documents),
                # Some services give only the first few where it is not said.
                top_n=len(documents),
                return_documents=False,
                timeout=seconds,
                num_retries=0,
                max_retries=0,
            )
        return _scores(response, len(documents))


def _scores(response: Any, count: int) -> list[float]:
    """The scores by document. LiteLLM passes on what a server says: nothing is sure to be there."""
    scores: dict[int, float] = {}
    for row in getattr(response, "results", None) or ():
        index, score = row["index"], float(row["relevance_score"])
        if not 0 <= index < count or index in scores:
            raise ModelError(f"the service scored passage {index} of {count} wrongly or twice")
        scores[index] = score
    if len(scores) != count:
        raise ModelError(f"the service scored {len(scores)} of {count} passages")
    return [scores[index] for index in range(count)]
