"""Queries from outside: an id and a text, and who asks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from townsfolk.retrieval.evaluation.json_lines import read_entries
from townsfolk.town.errors import Problem
from townsfolk.town.source import Source
from townsfolk.town.town import Town


class AskedQuery(BaseModel):
    """A query; other keys that it has are of no concern here."""

    model_config = ConfigDict(extra="ignore", frozen=True, use_attribute_docstrings=True)

    id: str | int
    """Given back as it is."""
    text: str
    npc: str | None = None
    """Who asks; without one only what everybody may know is searched."""
    lang: str | None = None
    """The language it is asked in, as a hint; it is detected."""


def read_asked(path: Path, town: Town) -> list[AskedQuery]:
    """The queries of a file, in its order.

    Where there are no agents, as in a bare folder of lore, anybody may ask.

    Raises:
        TownError: with every problem of every line.
    """
    return read_entries(path, AskedQuery, lambda query, source: _faults(query, source, town))


def _faults(query: AskedQuery, source: Source, town: Town) -> Iterator[Problem]:
    if query.npc is not None and town.agents and query.npc not in town.agents:
        yield source.unknown(("npc",), "agent", query.npc, town.agents)
