"""Run files and players: what they say, and what is told of their mistakes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from townsfolk.simulations.plan import changes, inputs, plans
from townsfolk.simulations.players import read_players
from townsfolk.simulations.run_file import read_run_file, run_file_of
from townsfolk.town.errors import TownError
from townsfolk.town.load import load_town
from townsfolk.town.town import Town

SMALL = Path(__file__).parent.parent / "towns" / "good_small"

PLAYERS = """\
asker:
  name: {en: the asker, ko: 묻는 이}
  persona: Asks.
  goal: {talk: true}
"""
RUN = """\
chats:
  - npc: baker
    place: The oven
    premise: It is hot.
    players: [asker]
seeds: 3
"""


@pytest.fixture
def small(tmp_path: Path) -> Town:
    folder = tmp_path / "town"
    shutil.copytree(SMALL, folder)
    (folder / "simulations").mkdir()
    (folder / "simulations" / "players.yaml").write_text(PLAYERS, encoding="utf-8")
    (folder / "simulations" / "evening.yaml").write_text(RUN, encoding="utf-8")
    return load_town(folder)


def problem_of_players(town: Town, text: str) -> str:
    (town.root / "simulations" / "players.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(TownError) as caught:
        read_players(town)
    return str(caught.value)


def problem_of_run(town: Town, text: str) -> str:
    path = town.root / "simulations" / "evening.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TownError) as caught:
        read_run_file(town, path, read_players(town))
    return str(caught.value)


def test_the_sample_run_has_a_thousand_conversations_of_four_turns(town: Town) -> None:
    players = read_players(town)
    run = read_run_file(town, run_file_of(town, "thousand"), players)
    planned = list(plans(town, run))
    assert len(planned) >= 1000
    assert len({plan.key for plan in planned}) == len(planned)
    assert run.limits.turns == 4
    assert {plan.player for plan in planned} == set(players)


def test_a_run_goes_seed_by_seed_so_that_a_stopped_one_has_something_of_everything(
    small: Town,
) -> None:
    run = read_run_file(small, run_file_of(small, "evening"), read_players(small))
    assert [plan.seed for plan in plans(small, run)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (PLAYERS.replace("{talk: true}", "{talk: true, buy: loaf}"), "wants one of: buy, quest"),
        (PLAYERS.replace("{talk: true}", "{buy: laof}"), "laof"),
        (PLAYERS.replace("{talk: true}", "{learn: [nothing_such]}"), "nothing_such"),
        (PLAYERS + "  patience: 0\n", "patience"),
        (PLAYERS + "  temper: grumpy\n", "grumpy"),
        ("asker: [", "players.yaml"),
        ("", "has no player"),
    ],
)
def test_a_mistake_in_players_is_told_with_its_place(small: Town, text: str, told: str) -> None:
    problem = problem_of_players(small, text)
    assert told in problem
    assert "simulations/players.yaml" in problem


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (RUN.replace("npc: baker", "npc: bakr"), "did you mean 'baker'"),
        (RUN.replace("[asker]", "[askr]"), "did you mean 'asker'"),
        (RUN + "languages: [fr]\n", "fr"),
        (RUN + "scenes: [{scene: meetin, players: [asker]}]\n", "did you mean 'meeting'"),
        (RUN + "limits: {turns: 0}\n", "turns"),
        ("seeds: 3\n", "neither chats nor scenes"),
        ("", "is empty"),
    ],
)
def test_a_mistake_in_a_run_file_is_told_with_its_place(small: Town, text: str, told: str) -> None:
    problem = problem_of_run(small, text)
    assert told in problem
    assert "simulations/evening.yaml" in problem


def test_a_run_that_is_not_there_is_answered_with_those_that_are(small: Town) -> None:
    with pytest.raises(TownError, match="there are: evening"):
        read_run_file(small, run_file_of(small, "morning"), read_players(small))


def test_what_shapes_the_episodes_is_told_when_it_changes(small: Town) -> None:
    def now() -> dict[str, object]:
        town = load_town(small.root)
        players = read_players(town)
        run = read_run_file(town, run_file_of(town, "evening"), players)
        return inputs(town, run, players, {"": "tiny"})

    before = now()
    assert changes(before, now()) == []
    file = small.root / "simulations" / "evening.yaml"
    file.write_text(RUN.replace("It is hot.", "It is cold.") + "concurrency: 8\n", encoding="utf-8")
    players = small.root / "simulations" / "players.yaml"
    players.write_text(PLAYERS.replace("Asks.", "Asks twice."), encoding="utf-8")
    with (small.root / "agents.yaml").open("a", encoding="utf-8") as agents:
        agents.write("# a word more\n")
    assert changes(before, now()) == [
        "file: agents.yaml has changed",
        "player: asker has changed",
        "run file: chats has changed",
    ]


def test_more_seeds_are_no_change(small: Town) -> None:
    players = read_players(small)
    path = run_file_of(small, "evening")
    few = inputs(small, read_run_file(small, path, players), players, {})
    path.write_text(RUN.replace("seeds: 3", "seeds: 5"), encoding="utf-8")
    assert changes(few, inputs(small, read_run_file(small, path, players), players, {})) == []
