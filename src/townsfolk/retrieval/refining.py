"""The two steps of a search that a model may do: wording the query, ordering the best hits."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from townsfolk.models.deployments import choose_model
from townsfolk.models.errors import ModelSetupError
from townsfolk.models.interface import Completer
from townsfolk.models.opening import open_model
from townsfolk.retrieval.hits import Hit, Stage
from townsfolk.retrieval.rerank import Reranker, RerankError
from townsfolk.retrieval.rerank_opening import LLM, open_reranker
from townsfolk.retrieval.rewriting import rewrite
from townsfolk.town.retrieval_config import RetrievalConfig
from townsfolk.town.templates import Templates
from townsfolk.town.town import Town

RERANKED = 20
"""Hits that are ordered anew: nearly everything that answers is among them."""


class Refiner:
    """Does what the town's configuration asks for; by default nothing."""

    def __init__(self, town: Town, config: RetrievalConfig) -> None:
        """Open what is asked for.

        Raises:
            ModelSetupError: it cannot be used, and what to do.
        """
        self._templates = Templates(town.root)
        self._language = town.config.languages[0]
        judge = _judge(town) if config.rewrite or config.rerank.strip() == LLM else None
        self._judge: Completer | None = None
        if config.rewrite:
            if judge is None:
                raise ModelSetupError(
                    "retrieval.rewrite needs a judge model: name one in models.yaml "
                    "(model_name: judge) or with TOWNSFOLK_JUDGE_MODEL=ollama_chat/llama3.1"
                )
            self._judge = judge()
        self._reranker: Reranker | None = open_reranker(
            config.rerank,
            town_root=town.root,
            templates=self._templates,
            language=self._language,
            open_judge=judge,
            allow_downloads=config.allow_downloads,
        )

    def reworded(self, query: str, context: Sequence[str], stages: list[Stage]) -> str:
        """The query by itself, without the lines it stands in; as it was where that is off."""
        if self._judge is None:
            return query
        started = time.perf_counter()
        written = rewrite(self._judge, self._templates, query, context, self._language)
        taken = 1000 * (time.perf_counter() - started)
        stages.append(Stage("rewrite", self._judge.name, taken, written.fault))
        return written.query

    def reordered(self, query: str, hits: list[Hit], stages: list[Stage]) -> list[Hit]:
        """The hits with the best of them ordered anew; as they were where that is off or fails."""
        if self._reranker is None or not hits:
            return hits
        started = time.perf_counter()
        best, problem = hits[:RERANKED], ""
        try:
            scores = self._reranker.rerank(query, [hit.chunk.text for hit in best])
            scored = [
                replace(hit, score=score, stages={**hit.stages, "rerank": score})
                for hit, score in zip(best, scores, strict=True)
            ]
            scored.sort(key=lambda hit: -hit.score)
            hits = [*scored, *_below(scored[-1].score, hits[RERANKED:])]
        except RerankError as error:
            problem = str(error)
        taken = 1000 * (time.perf_counter() - started)
        stages.append(Stage("rerank", self._reranker.name, taken, problem))
        return hits


def _below(lowest: float, rest: list[Hit]) -> list[Hit]:
    """The hits that were not ordered anew, with scores on from the lowest of those that were."""
    return [replace(hit, score=lowest + hit.score - rest[0].score) for hit in rest]


def _judge(town: Town) -> Callable[[], Completer] | None:
    """What opens the town's judge; None where it has none but the embedded NPC model."""
    choice = choose_model("judge", town.root)
    return (lambda: open_model(choice)) if choice.deployments else None
