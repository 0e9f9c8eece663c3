"""The LangChain retriever gives what the index finds, and no more."""

from __future__ import annotations

import asyncio

import pytest

from townsfolk.retrieval.index import LoreIndex

pytest.importorskip("langchain_core")

from townsfolk.dialogue.retriever import LoreRetriever

pytestmark = pytest.mark.model


def test_documents_carry_the_text_and_where_it_stands(index: LoreIndex) -> None:
    retriever = LoreRetriever(index=index, npc="guard", language="en", hearers=("player",))
    documents = retriever.invoke("How much is the toll at the gate?")
    assert documents[0].metadata["lore_id"] in {"east_gate_toll", "carters_blockade"}
    assert "silver" in documents[0].page_content
    assert documents[0].metadata["source"].startswith("knowledge/worldview/")
    assert [d.id for d in asyncio.run(retriever.ainvoke("How much is the toll at the gate?"))] == [
        d.id for d in documents
    ]


def test_nothing_outside_the_audience_comes(index: LoreIndex) -> None:
    retriever = LoreRetriever(index=index, npc="merchant", language="en", k=50)
    found = {d.metadata["lore_id"] for d in retriever.invoke("the night password at the gate")}
    assert "night_password" not in found
