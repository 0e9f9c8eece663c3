"""From the name of a way to rerank to what does it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from townsfolk.models.errors import ModelSetupError
from townsfolk.models.interface import Completer
from townsfolk.retrieval.rerank import Reranker
from townsfolk.town.templates import Templates

NO_RERANK = "none"
CROSS_ENCODER = "cross-encoder"
LITELLM = "litellm"
LLM = "llm"
ALLOWED = (
    f"{NO_RERANK}; {CROSS_ENCODER}; {CROSS_ENCODER}:FOLDER_OR_NAME; "
    f"{LITELLM}:PROVIDER/NAME, for example {LITELLM}:cohere/rerank-v3.5; {LLM}"
)
"""What a choice may be, for messages and help."""


def open_reranker(
    choice: str,
    *,
    town_root: Path,
    templates: Templates,
    language: str,
    open_judge: Callable[[], Completer] | None = None,
    allow_downloads: bool = False,
) -> Reranker | None:
    """The reranker of a choice, ready to be called; None for `none`.

    Args:
        choice: one of `ALLOWED`; a folder may be relative to the town.
        town_root: the town's folder.
        templates: the town's prompt templates, for `llm`.
        language: of the prompt, where a query's own language cannot be told.
        open_judge: opens the judge model, for `llm`; None where the town has none.
        allow_downloads: whether a model that is not on this machine may be fetched.

    Raises:
        ModelSetupError: the choice is unknown or cannot be used, and what to do.
    """
    # Each kind is imported when it is chosen: what they stand on takes seconds to import.
    match choice.strip().partition(":"):
        case (("none" | ""), "", _):
            return None
        case ("cross-encoder", _, named):
            from townsfolk.retrieval.rerank_cross_encoder import open_cross_encoder

            return open_cross_encoder(named.strip(), town_root, allow_downloads)
        case ("litellm", ":", model) if "/" in model:
            from townsfolk.retrieval.rerank_litellm import LitellmReranker

            return LitellmReranker(model.strip())
        case ("llm", "", _):
            if open_judge is None:
                raise ModelSetupError(
                    "rerank llm needs a judge model: name one in models.yaml (model_name: judge) "
                    "or with TOWNSFOLK_JUDGE_MODEL=ollama_chat/llama3.1"
                )
            from townsfolk.retrieval.rerank_listwise import ListwiseReranker

            return ListwiseReranker(open_judge(), templates, language)
        case _:
            raise ModelSetupError(f"rerank is {choice!r}; allowed: {ALLOWED}")
