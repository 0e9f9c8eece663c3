"""One episode of a run: what is measured of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.support.replay_model import STRONG, ReplayModel
from townsfolk.models.cost import Price
from townsfolk.models.interface import Completion, Model
from townsfolk.retrieval.index import LoreIndex
from townsfolk.simulations.episode import Studio
from townsfolk.simulations.plan import Plan
from townsfolk.simulations.players import read_players
from townsfolk.simulations.run_file import read_run_file
from townsfolk.store.records import Episode
from townsfolk.town.beats import PLAYER
from townsfolk.town.town import Town

NPC_PRICE = Price(prompt=0.001, completion=0.01)
PLAYER_PRICE = Price(prompt=0.1, completion=1.0)


def played(
    town: Town, index: LoreIndex, player_model: Model | None, player_price: Price | None
) -> Episode:
    """A conversation of the first pair of the sample's large run."""
    players = read_players(town)
    run = read_run_file(town, Path("simulations/thousand.yaml"), players)
    studio = Studio(town, index, run, "run", players, [], player_model, player_price)
    plan = Plan("chat", 0, "guard", "newcomer", "en", 1, "")
    npc = ReplayModel([reply("Welcome to Osmere, stranger.")] * 20, STRONG)
    return asyncio.run(studio.play(plan, npc, NPC_PRICE))


def reply(text: str) -> Completion:
    return Completion(text, prompt_tokens=100, completion_tokens=4)


def cost(episode: Episode) -> float:
    (found,) = [score.value for score in episode.scores if score.name == "cost"]
    return found


def of_the_npc(episode: Episode) -> float:
    answers = [turn for turn in episode.transcript.turns if turn.speaker != PLAYER]
    assert answers
    return sum(NPC_PRICE.of(t.prompt_tokens, t.completion_tokens) for t in answers)


@pytest.mark.model
def test_an_agenda_costs_nothing_and_a_model_that_plays_costs_its_tokens(
    town: Town, index: LoreIndex
) -> None:
    agenda = played(town, index, None, Price())
    assert cost(agenda) == pytest.approx(of_the_npc(agenda))
    model = ReplayModel([reply("Hello there. What news?")] * 20, STRONG)
    paid = played(town, index, model, PLAYER_PRICE)
    asked = sum(turn.speaker == PLAYER for turn in paid.transcript.turns)
    assert asked
    assert cost(paid) == pytest.approx(of_the_npc(paid) + asked * PLAYER_PRICE.of(100, 4))


@pytest.mark.model
def test_where_the_price_of_the_players_model_is_unknown_no_cost_is_told(
    town: Town, index: LoreIndex
) -> None:
    model = ReplayModel([reply("Hello there. What news?")] * 20, STRONG)
    episode = played(town, index, model, None)
    assert not [score for score in episode.scores if score.name == "cost"]
