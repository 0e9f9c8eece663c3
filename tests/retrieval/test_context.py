"""Profile and lore for a prompt."""

from __future__ import annotations

import pytest

from townsfolk.retrieval.context import get_npc_context
from townsfolk.retrieval.index import LoreIndex
from townsfolk.town.errors import TownsfolkError
from townsfolk.town.town import Town

pytestmark = pytest.mark.model


def test_an_npc_comes_with_its_profile_and_the_lore_of_the_matter(
    town: Town, index: LoreIndex
) -> None:
    context = get_npc_context(town, index, "merchant", "철검은 얼마예요?", language="ko")
    assert context.profile["name"] == town.agents["merchant"].persona.name.get("ko")
    assert "iron_sword" in [hit.entry.id for hit in context.hits]
    assert any("120" in text for text in context.lore)
    assert len(context.hits) <= 4


def test_no_secret_comes_where_the_player_hears(town: Town, index: LoreIndex) -> None:
    context = get_npc_context(town, index, "guard", "What is the night password?", k=30)
    assert not [hit.entry.id for hit in context.hits if hit.entry.confidential]
    assert "guard" not in [hit.entry.id for hit in context.hits]


def test_an_unknown_agent_is_named(town: Town, index: LoreIndex) -> None:
    with pytest.raises(TownsfolkError, match=r"no agent 'merchent'.*did you mean 'merchant'"):
        get_npc_context(town, index, "merchent", "hello")
