"""Simulated players with an agenda: what they say next, and when they have had enough."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import cycle

import pytest

from tests.support.chatting import chat
from townsfolk.models.interface import Request
from townsfolk.retrieval.index import LoreIndex
from townsfolk.simulations.chat import ChatLimits
from townsfolk.simulations.goals import achieved
from townsfolk.simulations.players import PlayerProfile, read_players
from townsfolk.town.beats import PLAYER
from townsfolk.town.town import Town
from townsfolk.town.transcript import Transcript


@pytest.fixture(scope="module")
def players(town: Town) -> Mapping[str, PlayerProfile]:
    return read_players(town)


def lines(transcript: Transcript) -> list[str]:
    return [turn.speech for turn in transcript.turns if turn.speaker == PLAYER]


def helpful(town: Town, profile: PlayerProfile) -> Callable[[Request], str]:
    """An NPC that has the price and the facts at hand."""

    # The same line twice would be kept back by the guard.
    offers = cycle(
        ["The {name} is {price} silver.", "It stays at {price} silver.", "Not below {price}.",
         "I ask {price} silver, as before."]
    )  # fmt: skip

    def reply(request: Request) -> str:
        asked = request.messages[-1].content.lower()
        goal = profile.goal
        name = town.items[goal.buy].name.get("en") if goal.buy else ""
        if goal.buy and any(word in asked for word in ("buy", "take the", "have the", "sell me")):
            return f"Sold, the {name} is yours for {town.items[goal.buy].price} silver."
        if goal.buy and name.lower() in asked:
            return next(offers).format(name=name, price=town.items[goal.buy].price)
        for lore in goal.learn or ():
            if town.lore[lore].title.get("en").lower() in asked:
                return " and ".join(town.lore[lore].key_facts["en"]) + "."
        return "As you like."

    return reply


def test_a_buyer_asks_the_price_haggles_and_buys(
    town: Town, index: LoreIndex, players: Mapping[str, PlayerProfile]
) -> None:
    profile = players["haggler"]
    reply = helpful(town, profile)
    transcript, player = chat(town, index, "merchant", "haggler", profile, reply)
    assert player.intents == [
        "greet", "ask_price", "haggle", "haggle", "haggle", "buy", "thank", "bye",
    ]  # fmt: skip
    assert achieved(town, profile.goal, transcript)
    offers = [line for line, intent in zip(lines(transcript), player.intents, strict=True)
              if intent == "haggle"]  # fmt: skip
    assert ["84" in offers[0], "96" in offers[1], "108" in offers[2]] == [True] * 3
    assert transcript.ending == "left"


def test_what_is_not_answered_is_asked_again_in_other_words_until_patience_ends(
    town: Town, index: LoreIndex, players: Mapping[str, PlayerProfile]
) -> None:
    profile = players["newcomer"]
    transcript, player = chat(town, index, "guard", "newcomer", profile, lambda _: "Stand back.")
    assert player.gave_up
    assert player.intents[-1] == "give_up"
    assert "ask_again" in player.intents
    assert "impatient" in player.intents
    assert len(set(lines(transcript))) == len(lines(transcript))
    assert not achieved(town, profile.goal, transcript)


def test_who_has_no_patience_asks_once(
    town: Town, index: LoreIndex, players: Mapping[str, PlayerProfile]
) -> None:
    profile = players["impatient"]
    _, player = chat(town, index, "ferrywoman", "impatient", profile, lambda _: "Hm.")
    assert player.intents == ["greet", "ask_topic", "give_up"]


def test_who_learns_what_it_wanted_thanks_and_goes(
    town: Town, index: LoreIndex, players: Mapping[str, PlayerProfile]
) -> None:
    profile = players["newcomer"]
    reply = helpful(town, profile)
    transcript, player = chat(town, index, "guard", "newcomer", profile, reply)
    assert achieved(town, profile.goal, transcript), [t.speech for t in transcript.turns]
    assert player.intents == ["greet", "ask_topic", "ask_topic", "thank", "bye"]


def test_a_thin_purse_asks_the_price_and_takes_leave(
    town: Town, index: LoreIndex, players: Mapping[str, PlayerProfile]
) -> None:
    profile = players["penniless_squire"]
    reply = helpful(town, profile)
    _, player = chat(town, index, "blacksmith", "penniless_squire", profile, reply)
    assert player.intents == ["greet", "ask_price", "refuse_price", "thank", "bye"]


def test_company_ends_with_a_farewell_within_its_lines(
    town: Town, index: LoreIndex, players: Mapping[str, PlayerProfile]
) -> None:
    profile = players["gossip"]
    _, player = chat(town, index, "innkeeper", "gossip", profile, lambda _: "Is that so?")
    assert len(player.intents) <= profile.turns
    assert player.intents[-1] == "bye" or player.gave_up


def test_a_conversation_ends_at_its_limit(
    town: Town, index: LoreIndex, players: Mapping[str, PlayerProfile]
) -> None:
    limits = ChatLimits(turns=2, seconds=600, tokens=1_000_000)
    transcript, _ = chat(
        town, index, "innkeeper", "gossip", players["gossip"], lambda _: "Hm.", limits=limits
    )
    assert (len(lines(transcript)), transcript.ending) == (2, "limit")


def test_the_same_seed_says_the_same_and_another_another(
    town: Town, index: LoreIndex, players: Mapping[str, PlayerProfile]
) -> None:
    said = []
    for seed in (1, 1, 2):
        profile = players["gossip"]
        played, _ = chat(town, index, "innkeeper", "gossip", profile, lambda _: "Hm.", seed=seed)
        said.append(lines(played))
    assert said[0] == said[1]
    assert said[0] != said[2]


def test_korean_players_speak_korean_and_a_foreigner_mixes(
    town: Town, index: LoreIndex, players: Mapping[str, PlayerProfile]
) -> None:
    said, _ = chat(
        town, index, "innkeeper", "gossip", players["gossip"], lambda _: "그렇소?", language="ko"
    )
    assert all(any("가" <= letter <= "힣" for letter in line) for line in lines(said))
    mixed, _ = chat(
        town, index, "innkeeper", "foreigner", players["foreigner"], lambda _: "Hm."
    )  # fmt: skip
    for line in lines(mixed):
        assert any("가" <= letter <= "힣" for letter in line), line
        assert any("a" <= letter <= "z" for letter in line), line


def test_no_line_has_an_empty_slot(
    town: Town, index: LoreIndex, players: Mapping[str, PlayerProfile]
) -> None:
    for name, profile in players.items():
        for language in ("en", "ko"):
            reply = helpful(town, profile) if language == "en" else (lambda _: "그렇소.")
            said, _ = chat(town, index, "merchant", name, profile, reply, language)
            for line in lines(said):
                assert "{" not in line
                assert "  " not in line
                assert "은(는)" not in line


def test_players_behave_differently_where_it_can_be_measured(
    town: Town, index: LoreIndex, players: Mapping[str, PlayerProfile]
) -> None:
    measured = {}
    for name, profile in players.items():
        said: list[str] = []
        intents: list[str] = []
        for seed in range(2):
            reply = helpful(town, profile)
            transcript, player = chat(town, index, "merchant", name, profile, reply, seed=seed)
            said += lines(transcript)
            intents += player.intents
        words = sum(len(line.split()) for line in said) / len(said)
        measured[name] = (len(said), round(words, 1), tuple(sorted(set(intents))))
    assert len(players) >= 16
    assert len(set(measured.values())) == len(players), measured
    assert measured["speedrunner"][0] < measured["lore_lover"][0]
    assert measured["quest_hunter"][1] < measured["flowery_knight"][1] / 2
    assert "haggle" in measured["haggler"][2]
    assert "insult" in measured["rude_customer"][2]
