"""The lore search as a CrewAI tool, for agents of anybody's own crew."""

from __future__ import annotations

from crewai.tools import BaseTool
from pydantic import BaseModel, Field, PrivateAttr

from townsfolk.retrieval.index import LoreIndex

_NOTHING = {"en": "Nothing is known of this.", "ko": "이에 대해 알려진 것이 없다."}


class LoreQuery(BaseModel):
    """What the tool is asked."""

    query: str = Field(description="What to look for: a question or a few words.")


class LoreTool(BaseTool):
    """Finds what one NPC may say before those who are present."""

    name: str = "knowledge_search"
    description: str = "Looks up what you know about people, places, prices and events."
    args_schema: type[BaseModel] = LoreQuery
    _index: LoreIndex = PrivateAttr()
    _npc: str = PrivateAttr()
    _language: str = PrivateAttr()
    _hearers: tuple[str, ...] = PrivateAttr()
    _k: int = PrivateAttr()

    def __init__(
        self, index: LoreIndex, npc: str, language: str, hearers: tuple[str, ...] = (), k: int = 4
    ) -> None:
        """For one NPC; `hearers` are those who hear what it says with it."""
        super().__init__()  # type: ignore[call-arg]  # they have defaults
        self._index, self._npc, self._language = index, npc, language
        self._hearers, self._k = hearers, k

    def _run(self, query: str) -> str:
        hits = self._index.search(
            query, self._npc, self._k, language=self._language, hearers=self._hearers
        )
        return "\n".join(f"- {hit.text}" for hit in hits) or _NOTHING[self._language]
