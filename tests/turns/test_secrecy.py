"""Nothing is told to those who may not know it, by whatever way it might come up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.situations import moment, said
from townsfolk.town.beats import PLAYER
from townsfolk.town.lore import LoreEntry
from townsfolk.town.town import Town
from townsfolk.turns.guard.context import guard_context
from townsfolk.turns.guard.rules import RULES
from townsfolk.turns.known import sayable, tellable
from townsfolk.turns.part import beat_part

LANGUAGES = ["en", "ko"]


@pytest.fixture
def shared(town: Town) -> LoreEntry:
    """A secret of the merchant and the dockhand."""
    return next(
        entry
        for entry in town.lore.values()
        if entry.confidential and entry.audience == {"merchant", "dockhand"}
    )


def test_a_line_that_rests_on_a_secret_is_kept_from_who_came_in_later(
    town: Town, shared: LoreEntry
) -> None:
    told = said("merchant", "It came by the culvert.", ("merchant", "dockhand"))
    told = told.model_copy(update={"lore": [shared.id]})
    among_themselves = replace(
        moment(town, "market_haggling", present=("merchant", "dockhand")), turns=(told,)
    )
    assert tellable(town, among_themselves, "dockhand") == [told]
    with_the_player = replace(among_themselves, present=("merchant", "dockhand", PLAYER))
    assert tellable(town, with_the_player, "dockhand") == []


def test_what_an_npc_thinks_of_somebody_is_not_said_before_them(town: Town) -> None:
    relationship = "merchant.relationships.guard"
    assert relationship in {e.id for e in sayable(town, "merchant", ["merchant", PLAYER])}
    before_him = sayable(town, "merchant", ["merchant", "guard", PLAYER])
    assert relationship not in {entry.id for entry in before_him}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_secret_of_another_is_not_spoken_word_for_word(town: Town, language: str) -> None:
    """As if a player had put it into the model's mouth."""
    part = beat_part(town, "arrival_toll")
    situation = moment(town, "town_arrival", language)
    context = guard_context(town, part, situation, (), "")
    secrets = [e for e in town.lore.values() if e.confidential]
    assert len(secrets) > 20
    for entry in secrets:
        assert RULES["secret"](entry.text(language), context) is not None, entry.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_everybody_knows_is_no_secret(town: Town, language: str) -> None:
    part = beat_part(town, "arrival_toll")
    situation = moment(town, "town_arrival", language)
    context = guard_context(town, part, situation, (), "")
    for entry in sayable(town, "guard", situation.present):
        assert RULES["secret"](entry.text(language), context) is None, entry.id


def test_what_the_player_said_may_be_answered(town: Town) -> None:
    secret = town.lore["guard.secrets." + town.agents["guard"].persona.secrets[0].id]
    part = beat_part(town, "arrival_toll")
    situation = moment(town, "town_arrival", heard=secret.text("en"))
    context = guard_context(town, part, situation, (), "")
    assert RULES["secret"](secret.text("en"), context) is None
