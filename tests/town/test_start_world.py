"""The world as a scene finds it: what the town says, then what the scene states."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from townsfolk.town.load import load_town
from townsfolk.town.world import World

TOWNS = Path(__file__).parents[1] / "towns"
PLAYER = '  name: {en: "the visitor", ko: "손님"}\n'
PURSE = "  purse: 8\n"
INVENTORY = "  inventory: {brass_key: 1}\n"


@pytest.mark.parametrize(
    ("stated", "purse", "items"),
    [
        ("", 20, {"rye_loaf": 2}),
        (PURSE, 8, {"rye_loaf": 2}),
        ("  purse: 0\n", 0, {"rye_loaf": 2}),
        (INVENTORY, 20, {"brass_key": 1}),
        ("  inventory: {}\n", 20, {}),
    ],
)
def test_the_players_purse_and_pack_are_the_towns_unless_the_scene_states_them(
    tmp_path: Path, stated: str, purse: int, items: dict[str, int]
) -> None:
    world = _start(tmp_path, stated, "  purses: {player: 20}\n  items: {player: {rye_loaf: 2}}\n")
    assert world.purses["player"] == purse
    assert world.items["player"] == items


def test_a_player_of_whom_nothing_is_said_has_nothing(tmp_path: Path) -> None:
    world = _start(tmp_path, "", "")
    assert world.purses["player"] == 0
    assert world.items["player"] == {}


def _start(folder: Path, stated: str, world: str) -> World:
    root = Path(shutil.copytree(TOWNS / "good_small", folder / "town"))
    scene = root / "crews" / "meeting.yaml"
    text = scene.read_text(encoding="utf-8")
    assert PLAYER + PURSE + INVENTORY in text
    scene.write_text(text.replace(PLAYER + PURSE + INVENTORY, PLAYER + stated), encoding="utf-8")
    with (root / "town.yaml").open("a", encoding="utf-8") as file:
        file.write(world)
    town = load_town(root)
    return town.start_world(town.scenes["meeting"])
