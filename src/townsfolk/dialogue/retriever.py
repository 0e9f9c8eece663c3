"""The lore search as a LangChain retriever; needs the extra `langchain`."""

from __future__ import annotations

from langchain_core.callbacks import (
    AsyncCallbackManagerForRetrieverRun,
    CallbackManagerForRetrieverRun,
)
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from townsfolk.retrieval.hits import Hits
from townsfolk.retrieval.index import LoreIndex


class LoreRetriever(BaseRetriever):
    """Finds what one NPC may say before those who are present."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    index: LoreIndex
    npc: str | None = None
    """None finds only what everybody may know."""
    language: str | None = None
    hearers: tuple[str, ...] = ()
    k: int = 4

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        return _documents(
            self.index.search(query, self.npc, self.k, language=self.language, hearers=self.hearers)
        )

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun
    ) -> list[Document]:
        return _documents(
            await self.index.asearch(
                query, self.npc, self.k, language=self.language, hearers=self.hearers
            )
        )


def _documents(hits: Hits) -> list[Document]:
    return [
        Document(
            id=hit.chunk.id,
            page_content=hit.text,
            metadata={
                "lore_id": hit.entry.id,
                "source": hit.source,
                "language": hit.language,
                "category": hit.entry.category,
                "score": hit.score,
            },
        )
        for hit in hits
    ]
