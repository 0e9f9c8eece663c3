"""A store that is away ends no scene: the turn says so, and goes on without lore."""

from __future__ import annotations

from typing import Any

from tests.support.playing import SMALL, NoLore, lines_by_seed, small_town
from townsfolk.crews.play import Theatre
from townsfolk.crews.setting import Setting
from townsfolk.retrieval.hits import Hits, Stage
from townsfolk.town.town import Town
from townsfolk.turns.player import ScriptedPlayer


class LoreAway(NoLore):
    """An index whose store does not answer."""

    def search(self, *asked: Any, **how: Any) -> Hits:
        return Hits([], [Stage("search", "http://qdrant", 1.0, "Qdrant does not answer")])


def test_every_turn_says_that_no_lore_could_be_had(town: Town) -> None:
    tasks = {"a": {"agent": "guard"}, "b": {"agent": "merchant"}}
    made = small_town(town, tasks, turn_taking="scripted", cast=["guard", "merchant"])
    played = Theatre(made, lines_by_seed("en"), LoreAway()).play(
        SMALL, ScriptedPlayer(), Setting("en", 3)
    )
    spoken = [turn for turn in played.turns if turn.origin != "player"]
    assert played.status == "finished"
    assert len(spoken) >= 2
    for turn in spoken:
        assert ("lore_unavailable", "Qdrant does not answer") in [
            (fault.rule, fault.detail) for fault in turn.faults
        ]
        assert turn.speech
