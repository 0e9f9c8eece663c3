"""The CrewAI tool gives what the index finds, and no more."""

from __future__ import annotations

import pytest

from townsfolk.crews.lore_tool import LoreTool
from townsfolk.retrieval.index import LoreIndex

pytestmark = pytest.mark.model


def test_the_tool_tells_what_is_found(index: LoreIndex) -> None:
    told = LoreTool(index, "guard", "en").run(query="How much is the toll at the gate?")
    assert "2 silver" in told
    assert told.startswith("- ")


def test_the_tool_tells_no_secret_before_the_player(index: LoreIndex) -> None:
    query = "What is the night password at the gate?"
    among = LoreTool(index, "guard", "en", ("clerk",), k=20).run(query=query)
    before = LoreTool(index, "guard", "en", ("player",), k=20).run(query=query)
    assert "heron" in among.lower()
    assert len(before) < len(among) or before != among


def test_the_tool_says_that_nothing_is_known(index: LoreIndex) -> None:
    assert LoreTool(index, "guard", "ko").run(query=" ") == "이에 대해 알려진 것이 없다."
