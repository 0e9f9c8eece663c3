"""Judged queries: what is asked, and the lore that answers it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from townsfolk.retrieval.evaluation.json_lines import read_entries
from townsfolk.town.errors import Problem
from townsfolk.town.lore import EVERYONE
from townsfolk.town.schema import Entry
from townsfolk.town.source import Source
from townsfolk.town.texts import Language
from townsfolk.town.town import Town

QUERIES = Path("knowledge") / "eval" / "queries.jsonl"
"""Where a town keeps its judged queries."""
CROSS = "cross"

Split = Literal["dev", "test"]


class JudgedQuery(Entry):
    """A query with the lore entries that answer it."""

    id: str
    text: str
    lang: Language
    """The language it is asked in."""
    split: Split
    """`dev` is for tuning; `test` is looked at when that is done."""
    sources: list[str]
    """The ids of the lore entries that answer it; none where nothing does."""
    npc: str | None = None
    """Who asks; without one only what everybody may know is searched."""
    lore: Language | None = None
    """The language of the lore that is searched; left out, that of the query."""

    @property
    def searched(self) -> Language:
        """The language of the lore that is searched."""
        return self.lore or self.lang

    @property
    def group(self) -> str:
        """Its language, or `cross` where the lore is in another."""
        return self.lang if self.searched == self.lang else CROSS


def read_judged(path: Path, town: Town) -> list[JudgedQuery]:
    """The judged queries of a file, in its order.

    Raises:
        TownError: with every problem of every line.
    """
    return read_entries(path, JudgedQuery, lambda query, source: _faults(query, source, town))


def _faults(query: JudgedQuery, source: Source, town: Town) -> Iterator[Problem]:
    if not query.text.strip():
        yield source.problem(("text",), "is blank")
    if query.searched not in town.config.languages:
        key = "lore" if query.lore else "lang"
        yield source.problem(
            (key,),
            f"there is no lore in {query.searched!r}",
            ", ".join(town.config.languages),
            "name the language of the lore that is searched as 'lore'",
        )
    if query.npc is not None and town.agents and query.npc not in town.agents:
        yield source.unknown(("npc",), "agent", query.npc, town.agents)
        return
    for number, entry_id in enumerate(query.sources):
        entry = town.lore.get(entry_id)
        if entry is None:
            yield source.unknown(("sources", number), "lore entry", entry_id, town.lore)
        elif query.npc is None and (entry.confidential or entry.audience != EVERYONE):
            yield source.problem(
                ("sources", number),
                f"not everybody may know {entry_id!r}",
                remedy="name an npc who knows it, or leave it out of the sources",
            )
        elif query.npc is not None and not entry.known_to(query.npc):
            yield source.problem(
                ("sources", number),
                f"{query.npc} may not know {entry_id!r}",
                remedy="name an npc who knows it, or leave it out of the sources",
            )
