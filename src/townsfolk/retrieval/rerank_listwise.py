"""Reranking by a language model that orders numbered passages.

The method is RankGPT's listwise permutation with a sliding window, from the last passages to the
first (Sun et al. 2023, "Is ChatGPT Good at Search?", arXiv 2304.09542).
"""

from __future__ import annotations

from collections.abc import Sequence

from townsfolk.language.detect import detect_language
from townsfolk.models.errors import ModelError
from townsfolk.models.interface import Completer, Message, Request
from townsfolk.retrieval.fencing import fenced
from townsfolk.retrieval.rerank import RerankError
from townsfolk.retrieval.rerank_order import order_schema, read_order
from townsfolk.town.templates import Templates

WINDOW = 20
"""Passages that are ordered in one call; with more, each call takes the winners of the last."""
_STEP = 10
_QUERY_CHARACTERS = 400
_PASSAGE_CHARACTERS = 600
_FEWEST_CHARACTERS = 40
"""Of a passage that is cut shorter nobody could tell what it says."""
_ANSWER_TOKENS = 32 + 6 * WINDOW
_FRAME_TOKENS = 400
"""The prompt around the passages, with the query."""
_NUMBER_TOKENS = 8
"""A passage's number and its fence."""
_CHARACTERS_A_TOKEN = {"en": 3.2, "ko": 1.2}
"""Fewer than tokenizers really take, so that the prompt fits."""


class ListwiseReranker:
    """A model that says in which order passages answer a query; its scores are ranks."""

    def __init__(
        self, model: Completer, templates: Templates, language: str, seconds: float = 30.0
    ) -> None:
        """Take a model.

        Args:
            model: the judge.
            templates: the town's prompt templates (`rerank`).
            language: of the prompt, where the query's own cannot be told.
            seconds: after which a call is given up.
        """
        self.name = f"llm:{model.name}"
        self._model = model
        self._templates = templates
        self._language = language
        self._seconds = seconds

    def rerank(self, query: str, texts: Sequence[str]) -> list[float]:
        """1 for the best text, less by equal steps down to the last.

        Raises:
            RerankError: the model failed, or did not answer with an order.
            TownError: the town's own template is broken.
        """
        order = list(range(len(texts)))
        end = len(order)
        while end > 1:
            start = max(0, end - WINDOW)
            window = order[start:end]
            ranks = self._ranks(query, [texts[index] for index in window])
            order[start:end] = [window[rank] for rank in ranks]
            end = 0 if start == 0 else end - _STEP
        ranked = {index: rank for rank, index in enumerate(order)}
        return [1 - ranked[index] / len(texts) for index in range(len(texts))]

    def _ranks(self, query: str, texts: Sequence[str]) -> list[int]:
        """The places of some texts, the best first."""
        structured = self._model.profile.strength == "strong" and self._model.profile.json_schema
        characters = self._passage_characters(texts)
        prompt = self._templates.render(
            "rerank",
            detect_language(query) or self._language,
            query=fenced(query, _QUERY_CHARACTERS),
            passages=[fenced(text, characters) for text in texts],
            json=structured,
        )
        request = Request(
            (Message("user", prompt),),
            max_tokens=_ANSWER_TOKENS,
            temperature=0.0,
            seed=0,
            schema=order_schema(len(texts)) if structured else None,
            timeout=self._seconds,
        )
        try:
            answer = self._model.complete(request).text
        except ModelError as error:
            raise RerankError(f"{self.name}: {error}") from error
        return read_order(answer, len(texts))

    def _passage_characters(self, texts: Sequence[str]) -> int:
        """How much of each passage the model's context has room for."""
        korean = any(detect_language(text) == "ko" for text in texts)
        room = self._model.profile.context - _ANSWER_TOKENS - _FRAME_TOKENS
        tokens = room / len(texts) - _NUMBER_TOKENS
        characters = int(tokens * _CHARACTERS_A_TOKEN["ko" if korean else "en"])
        if characters < _FEWEST_CHARACTERS:
            raise RerankError(
                f"{self.name}: {len(texts)} passages do not fit into a context of "
                f"{self._model.profile.context} tokens"
            )
        return min(characters, _PASSAGE_CHARACTERS)
