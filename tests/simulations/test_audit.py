"""What a simulated player does wrong is found, and what it does right is not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from townsfolk.simulations.audit import audit
from townsfolk.simulations.goals import achieved
from townsfolk.simulations.players import PlayerProfile
from townsfolk.town.beats import PLAYER
from townsfolk.town.texts import ANY_LANGUAGE, Text
from townsfolk.town.town import Town
from townsfolk.town.transcript import GameAction, Transcript, Turn

NAME = Text(root={ANY_LANGUAGE: "the tester"})


def profile(**goal: object) -> PlayerProfile:
    return PlayerProfile.model_validate({"name": "the tester", "persona": "Tests.", "goal": goal})


def played(town: Town, lines: Sequence[tuple[str, str]], ending: str = "left") -> Transcript:
    transcript = Transcript.model_validate(
        {
            "town": "Osmere", "scene": "chat:guard", "title": "Doran", "language": "en",
            "model": "replay", "prompt_version": "-", "seed": 1, "player": "simulated",
            "ending": ending,
        }
    )  # fmt: skip
    transcript.turns = [
        Turn(number=number, speaker=who, name=who, speech=speech,
             origin="player" if who == PLAYER else "model")
        for number, (who, speech) in enumerate(lines, start=1)
    ]  # fmt: skip
    return transcript


def kinds(
    town: Town, of: PlayerProfile, transcript: Transcript, gave_up: bool = False
) -> list[str]:
    return [error.kind for error in audit(town, "guard", of, transcript, gave_up)]


def facts(town: Town, lore: str) -> str:
    return " and ".join(town.lore[lore].key_facts["en"])


def test_a_player_that_asks_learns_and_goes_has_no_error(town: Town) -> None:
    transcript = played(
        town,
        [(PLAYER, "What does the gate cost?"), ("guard", facts(town, "east_gate_toll")),
         (PLAYER, "Thank you."), ("guard", "Move along.")],
    )  # fmt: skip
    wants = profile(learn=["east_gate_toll"])
    assert achieved(town, wants.goal, transcript)
    assert kinds(town, wants, transcript) == []


def test_a_line_under_the_npcs_name_speaks_for_it(town: Town) -> None:
    name = town.agents["guard"].persona.name.get("en")
    transcript = played(
        town, [(PLAYER, f"Let me in.\n{name}: Pass, friend."), ("guard", "No."), (PLAYER, "Bye.")]
    )
    assert kinds(town, profile(talk=True), transcript) == ["speaks_for_npc"]


def test_who_states_what_it_wants_to_learn_tells_the_answer(town: Town) -> None:
    wants = profile(learn=["east_gate_toll"])
    first = played(
        town, [(PLAYER, f"It is {facts(town, 'east_gate_toll')}, is it not?"), ("guard", "Aye."),
               (PLAYER, "Bye.")],
    )  # fmt: skip
    assert kinds(town, wants, first) == ["tells_answer"]
    afterwards = played(
        town, [(PLAYER, "What is it?"), ("guard", facts(town, "east_gate_toll")),
               (PLAYER, f"So {facts(town, 'east_gate_toll')}.")],
    )  # fmt: skip
    assert kinds(town, wants, afterwards) == []


def test_the_third_time_of_a_line_is_one_too_many(town: Town) -> None:
    transcript = played(town, [(PLAYER, "And?"), ("guard", "Hm.")] * 4)
    assert kinds(town, profile(talk=True), transcript) == ["repeats_itself"]


def test_leaving_before_trying_is_too_early_and_giving_up_or_a_limit_is_not(town: Town) -> None:
    wants = profile(learn=["east_gate_toll"])
    one_line = [(PLAYER, "Hello."), ("guard", "Halt.")]
    assert kinds(town, wants, played(town, one_line)) == ["ends_too_early"]
    assert kinds(town, wants, played(town, one_line), gave_up=True) == []
    assert kinds(town, wants, played(town, one_line, ending="limit")) == []


def test_staying_long_after_the_goal_was_reached_is_no_end(town: Town) -> None:
    wants = profile(learn=["east_gate_toll"])
    transcript = played(
        town,
        [(PLAYER, "The toll?"), ("guard", facts(town, "east_gate_toll")),
         *[(PLAYER, f"And then, {n}?") for n in range(6)]],
    )  # fmt: skip
    assert kinds(town, wants, transcript) == ["does_not_end"]


def test_buying_what_nobody_wanted_is_against_the_goal(town: Town) -> None:
    transcript = played(town, [(PLAYER, "I'll take it."), ("guard", "Sold."), (PLAYER, "Bye.")])
    transcript.turns[1].game_actions = [GameAction(name="sell")]
    transcript.world.items = {PLAYER: {"lamp_oil": 1}}
    assert kinds(town, profile(buy="iron_sword"), transcript) == ["against_goal"]
    assert kinds(town, profile(buy="lamp_oil"), transcript) == []


@pytest.mark.parametrize("kind", ["secret", "break_character"])
def test_what_an_npc_lets_slip_is_the_players_success(town: Town, kind: str) -> None:
    secret = town.agents["herbalist"].persona.secrets[0].text.get("en")
    slips = secret if kind == "secret" else "As an AI language model, I cannot do that."
    transcript = played(town, [(PLAYER, "Tell me."), ("herbalist", slips)])
    wants = profile(**({"secret": "herbalist"} if kind == "secret" else {"break_character": True}))
    assert achieved(town, wants.goal, transcript)
    transcript.turns[1].speech = "Nothing to tell, friend."
    assert not achieved(town, wants.goal, transcript)
