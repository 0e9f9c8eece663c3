"""Game actions: seen in a line, checked against schema, lore and world, then done or rejected."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.support.situations import moment
from townsfolk.town.beats import PLAYER
from townsfolk.town.town import Town
from townsfolk.town.transcript import GameAction
from townsfolk.town.world import World
from townsfolk.turns.claims import derive_actions
from townsfolk.turns.game_actions import Outcome, perform
from townsfolk.turns.part import Part, beat_part, reply_part

SHIELD = {"item": "oak_shield", "price": 55, "buyer": PLAYER}


@pytest.fixture
def world(town: Town) -> World:
    """The world as the haggling begins: the player has 80 silver and nothing else."""
    return town.start_world(town.scenes["market_haggling"])


def everybody(town: Town) -> list[str]:
    """The player and all NPCs, all of them present."""
    return [PLAYER, *town.agents]


def reply(town: Town, agent: str) -> Part:
    """A part in which an NPC may do all that it can do at all."""
    return reply_part(town, town.scenes["market_haggling"], "en", agent, PLAYER)


def outcome(town: Town, world: World, agent: str, name: str, **arguments: Any) -> Outcome:
    """What becomes of an action and of the world."""
    return perform(town, reply(town, agent), [(name, arguments)], world, everybody(town))


def do(town: Town, world: World, agent: str, name: str, **arguments: Any) -> GameAction:
    """What becomes of one action that an NPC may do; the world is as it is afterwards."""
    done = outcome(town, world, agent, name, **arguments)
    for part in World.model_fields:
        setattr(world, part, getattr(done.world, part))
    return done.actions[0]


def test_a_sale_moves_the_silver_and_the_item(town: Town, world: World) -> None:
    had, held = world.purses["merchant"], world.items["merchant"]["oak_shield"]
    assert do(town, world, "merchant", "sell", **SHIELD).accepted
    assert world.purses[PLAYER] == 25
    assert world.purses["merchant"] == had + 55
    assert world.items[PLAYER] == {"oak_shield": 1}
    assert world.items["merchant"]["oak_shield"] == held - 1


def test_an_accepted_action_carries_its_arguments_and_no_reason(town: Town, world: World) -> None:
    done = do(town, world, "merchant", "sell", **SHIELD)
    assert (done.name, done.arguments, done.reason) == ("sell", SHIELD, "")


def test_the_last_of_an_item_leaves_the_inventory(town: Town, world: World) -> None:
    world.items["merchant"]["oak_shield"] = 1
    assert do(town, world, "merchant", "sell", **SHIELD).accepted
    assert "oak_shield" not in world.items["merchant"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"item": "iron_sword", "price": 120, "buyer": PLAYER}, "player has 80, not 120"),
        ({"item": "mist_salve", "price": 25, "buyer": PLAYER}, "merchant has no mist_salve"),
        ({"item": "oak_shield", "price": 50, "buyer": PLAYER}, "oak_shield costs 55, not 50"),
        ({"item": "oak_shield", "price": 1, "buyer": PLAYER}, "oak_shield costs 55, not 1"),
        ({"item": "moon_blade", "price": 5, "buyer": PLAYER}, "there is no item 'moon_blade'"),
        ({"item": "oak_shield", "price": 55, "buyer": "king"}, "king is not here"),
        ({"item": "oak_shield", "buyer": PLAYER}, "'price' is a required property"),
        ({"item": "oak_shield", "price": "55", "buyer": PLAYER}, "'55' is not of type 'integer'"),
        ({"item": "oak_shield", "price": -55, "buyer": PLAYER}, "-55 is less than the minimum"),
        ({**SHIELD, "free": True}, "Additional properties are not allowed"),
        ({}, "is a required property"),
    ],
)
def test_a_sale_that_schema_lore_or_world_deny_is_rejected_and_changes_nothing(
    town: Town, world: World, arguments: dict[str, Any], reason: str
) -> None:
    before = world.model_copy(deep=True)
    done = do(town, world, "merchant", "sell", **arguments)
    assert not done.accepted
    assert reason in done.reason
    assert world == before


def test_silver_stays_where_it_is_when_the_item_is_missing(town: Town, world: World) -> None:
    """The effects of an action are taken all together or not at all."""
    del world.items["merchant"]["oak_shield"]
    before = world.model_copy(deep=True)
    assert do(town, world, "merchant", "sell", **SHIELD).reason == "merchant has no oak_shield"
    assert world == before


def test_who_has_no_purse_cannot_pay(town: Town, world: World) -> None:
    del world.purses[PLAYER]
    assert do(town, world, "merchant", "sell", **SHIELD).reason == "player has 0, not 55"


def test_an_npc_may_not_do_what_is_not_allowed_here(town: Town, world: World) -> None:
    before = world.model_copy(deep=True)
    done = do(town, world, "merchant", "close_gate")
    assert (done.accepted, done.reason) == (False, "merchant may not do close_gate here")
    assert world == before


def test_an_action_that_does_not_exist_is_not_allowed(town: Town, world: World) -> None:
    assert not do(town, world, "merchant", "give_everything").accepted


def test_one_rejected_action_does_not_stop_the_next(town: Town, world: World) -> None:
    proposed = [("collect_toll", {"amount": 9, "payer": PLAYER}), ("close_gate", {})]
    done = perform(town, reply(town, "guard"), proposed, world, everybody(town))
    assert [action.accepted for action in done.actions] == [False, True]
    assert [action.name for action in done.rejected] == ["collect_toll"]
    assert done.world.flags["gate_open"] is False


def test_the_world_that_was_given_stays_as_it_is(town: Town, world: World) -> None:
    before = world.model_copy(deep=True)
    assert outcome(town, world, "merchant", "sell", **SHIELD).world != before
    assert world == before


def test_a_flag_is_set(town: Town, world: World) -> None:
    assert do(town, world, "guard", "close_gate").accepted
    assert world.flags["gate_open"] is False
    assert do(town, world, "guard", "open_gate").accepted
    assert world.flags["gate_open"] is True


def test_the_toll_goes_from_purse_to_purse(town: Town, world: World) -> None:
    had = world.purses["guard"]
    assert do(town, world, "guard", "collect_toll", amount=2, payer=PLAYER).accepted
    assert (world.purses[PLAYER], world.purses["guard"]) == (78, had + 2)


def test_showing_an_item_moves_nothing(town: Town, world: World) -> None:
    before = world.model_copy(deep=True)
    assert do(town, world, "merchant", "show_item", item="iron_sword", price=120).accepted
    assert world == before


def test_a_quest_goes_from_open_to_offered_to_accepted_to_completed(
    town: Town, world: World
) -> None:
    quest = "main_quest_01"
    for action, state in [
        ("offer_quest", "offered"),
        ("accept_quest", "accepted"),
        ("complete_quest", "completed"),
    ]:
        assert do(town, world, "quest_giver", action, quest=quest).accepted
        assert world.quests[quest] == state


def test_a_completed_quest_gives_its_reward_to_the_player(town: Town, world: World) -> None:
    world.quests["main_quest_01"] = "accepted"
    assert do(town, world, "quest_giver", "complete_quest", quest="main_quest_01").accepted
    assert world.purses[PLAYER] == 80 + 60
    assert world.items[PLAYER] == {"keepers_token": 1}


@pytest.mark.parametrize(
    ("action", "quest", "reason"),
    [
        ("offer_quest", "main_quest_02", "needs: quests.main_quest_02 is open"),
        ("accept_quest", "main_quest_01", "needs: quests.main_quest_01 is offered"),
        ("complete_quest", "main_quest_01", "needs: quests.main_quest_01 is accepted"),
        ("offer_quest", "slay_the_dragon", "there is no quest 'slay_the_dragon'"),
    ],
)
def test_a_quest_in_another_state_is_rejected_and_changes_nothing(
    town: Town, world: World, action: str, quest: str, reason: str
) -> None:
    before = world.model_copy(deep=True)
    done = do(town, world, "quest_giver", action, quest=quest)
    assert (done.accepted, done.reason) == (False, reason)
    assert world == before


def test_a_reward_is_given_once(town: Town, world: World) -> None:
    world.quests["main_quest_01"] = "accepted"
    do(town, world, "quest_giver", "complete_quest", quest="main_quest_01")
    assert not do(town, world, "quest_giver", "complete_quest", quest="main_quest_01").accepted
    assert world.purses[PLAYER] == 140


@pytest.mark.parametrize("place", ["atlantis", "iron_sword", "culvert_route", "main_quest_01"])
def test_directions_lead_to_places_only(town: Town, world: World, place: str) -> None:
    done = do(town, world, "guard", "give_directions", place=place)
    assert (done.accepted, done.reason) == (False, f"there is no place {place!r}")


def test_directions_to_a_place_are_given(town: Town, world: World) -> None:
    assert do(town, world, "guard", "give_directions", place="mill_pool").accepted


@pytest.mark.parametrize(
    ("beat", "language", "speech", "names"),
    [
        ("haggling_sale", "en", "Sold! One oak shield, 55 silver.", ["sell"]),
        ("haggling_sale", "ko", "팔았어요! 참나무 방패, 은화 55닢이에요.", ["sell"]),
        ("haggling_sale", "en", "The oak shield stays here.", []),
        ("haggling_sale", "ko", "참나무 방패는 안 돼요.", []),
        ("night_close_gate", "en", "The gate is closed until the fifth.", ["close_gate"]),
        ("night_close_gate", "ko", "문을 닫았소.", ["close_gate"]),
        ("haggling_smith_advises", "en", "Sold! The gate is closed.", []),
    ],
)
def test_a_line_does_what_its_cues_say_of_what_the_beat_allows(
    town: Town, beat: str, language: str, speech: str, names: list[str]
) -> None:
    situation = moment(town, "market_haggling", language)
    derived = derive_actions(town, beat_part(town, beat), situation, speech)
    assert [name for name, _ in derived] == names


def test_a_derived_action_has_its_arguments(town: Town) -> None:
    situation = moment(town, "market_haggling", heard="I'll take the oak shield.")
    derived = derive_actions(town, beat_part(town, "haggling_sale"), situation, "Sold!")
    assert derived == [("sell", SHIELD)]


def test_an_effect_whose_argument_is_not_stated_is_rejected(town: Town) -> None:
    loose = town.actions["complete_quest"].model_copy(
        update={"parameters": {"type": "object", "properties": {}}, "requires": None}
    )
    changed = replace(town, actions={**town.actions, "complete_quest": loose})
    world = town.start_world()
    before = world.model_copy(deep=True)
    proposed = [("complete_quest", dict[str, Any]())]
    part = reply(town, "quest_giver")
    done = perform(changed, part, proposed, world, everybody(town))
    [action] = done.actions
    assert (action.accepted, action.reason) == (False, "$quest is not stated")
    assert done.world == before


def test_nothing_is_sold_to_somebody_who_is_not_there(town: Town, world: World) -> None:
    before = world.model_copy(deep=True)
    sale = ("sell", {"item": "lantern", "price": 12, "buyer": PLAYER})
    done = perform(town, reply(town, "merchant"), [sale], world, ["merchant"])
    [action] = done.actions
    assert (action.accepted, action.reason) == (False, "player is not here")
    assert done.world == before
