"""Answers for an evaluation from outside: one hit a source."""

from __future__ import annotations

import json
from typing import Any

from townsfolk.retrieval.evaluation.asked import AskedQuery
from townsfolk.retrieval.hits import Hit
from townsfolk.retrieval.index import LoreIndex
from townsfolk.retrieval.stores.interface import StoreError

_ASKED = 25
"""Entries that are asked for at first, as some share a source; more would make each half of the
search look further, and so change its scores."""


def best_of_each_source(
    index: LoreIndex, text: str, npc: str | None, k: int, spoken: str | None = None
) -> list[Hit]:
    """The best hit of each of the k best sources, best first.

    Raises:
        StoreError: the store does not answer.
    """
    asked = max(_ASKED, k)
    while True:
        hits = index.search(text, npc, asked, spoken=spoken)
        if hits.problem:
            raise StoreError(hits.problem)
        best: dict[str, Hit] = {}
        for hit in hits:
            best.setdefault(hit.source, hit)
        if len(best) >= k or len(hits) < asked:
            return list(best.values())[:k]
        asked *= 4


def answer(index: LoreIndex, query: AskedQuery, k: int) -> dict[str, Any]:
    """The answer to a query: its id, and chunk, source and score of each hit."""
    hits = best_of_each_source(index, query.text, query.npc, k, query.lang)
    return {
        "id": query.id,
        "hits": [
            {"chunk": hit.chunk.id, "source": hit.source, "score": round(hit.score, 6)}
            for hit in hits
        ],
    }


def as_line(told: dict[str, Any]) -> str:
    """An answer as a line of JSON, readable where UTF-8 can say it."""
    line = json.dumps(told, ensure_ascii=False)
    try:
        line.encode()
    except UnicodeEncodeError:  # An id that holds half a character.
        line = json.dumps(told)
    return line
