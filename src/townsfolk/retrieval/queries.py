"""Queries as they come: cleaned and cut to size."""

from __future__ import annotations

import re

LONGEST = 1000
"""Characters of a query that are looked at; the models read less."""
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]+")


def cleaned(query: str) -> str:
    """A query without control characters and broken surrogates, cut to `LONGEST` characters."""
    text = query[: 4 * LONGEST].encode("utf-8", "ignore").decode("utf-8")
    return " ".join(_UNSEEN.sub(" ", text).split())[:LONGEST]
