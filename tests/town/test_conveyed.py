"""A beat conveys nothing confidential before somebody who may not know it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from townsfolk.town.errors import Problem, TownError
from townsfolk.town.load import load_town

TOWNS = Path(__file__).parents[1] / "towns"

BEAT = """
meeting_cellar:
  agent: warden
  description: Speak of the second cellar.
  expected_output: One sentence.
  must_convey: [second_cellar]
  authored: There is a second cellar.
"""

STRANGER = """
stranger:
  role: a guest
  goal: Sleep.
  backstory: You are a guest.
  persona:
    name: Ona
    trade: guest
    city: Pellin
    personality: She is tired.
    background: She came yesterday.
    speech: {register: Short.}
    fallback_lines: [Well.]
"""


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """The good town with a beat about what the warden and the baker alone may know."""
    town = Path(shutil.copytree(TOWNS / "good_small", tmp_path / "town"))
    _append(town / "tasks.yaml", BEAT)
    _append(town / "agents.yaml", STRANGER)
    return town


def _append(file: Path, text: str) -> None:
    file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")


def _scene(town: Path, cast: str, rest: str) -> None:
    head = f"title: A talk\nplace: The well\npremise: Night.\ncast: {cast}\n"
    (town / "crews" / "talk.yaml").write_text(head + rest, encoding="utf-8")


def told(town: Path) -> list[str]:
    try:
        load_town(town)
    except TownError as error:
        return [problem.found for problem in error.problems]
    return []


def test_a_secret_for_the_player_is_told_at_the_beat_with_what_to_do(town: Path) -> None:
    tasks = town / "tasks.yaml"
    tasks.write_text(
        tasks.read_text(encoding="utf-8").replace(BEAT, BEAT.rstrip() + "\n  to: player\n"),
        encoding="utf-8",
    )
    with pytest.raises(TownError) as caught:
        load_town(town)

    assert caught.value.problems == [
        Problem(
            "tasks.yaml", 32, "meeting_cellar.must_convey.0",
            "'second_cellar' is confidential and would be heard by the player",
            "baker, warden",
            "say it where they do not hear it, or widen the entry's audience",
        )
    ]  # fmt: skip


def test_those_who_share_a_secret_may_speak_of_it_among_themselves(town: Path) -> None:
    _scene(town, "[warden, baker]", "beats: [meeting_cellar]\n")
    assert told(town) == []


def test_a_secret_before_somebody_who_is_there(town: Path) -> None:
    _scene(town, "[warden, baker, stranger]", "beats: [meeting_cellar]\n")
    assert told(town) == [
        "'second_cellar' is confidential and would be heard by stranger (crews/talk.yaml)"
    ]


@pytest.mark.parametrize(
    "beats",
    [
        "[{leave: [stranger]}, meeting_cellar]",
        "[{leave: [stranger]}, meeting_cellar, {enter: [stranger]}]",
    ],
)
def test_a_secret_while_the_stranger_is_away(town: Path, beats: str) -> None:
    _scene(town, "[warden, baker, stranger]", f"beats: {beats}\n")
    assert told(town) == []


@pytest.mark.parametrize(
    "rest",
    [
        "player: {name: the guest}\nbeats: [meeting_cellar]\n",
        "beats: [player: Hello?, meeting_cellar]\n",
        "turn_taking: addressed\nbeats: [meeting_cellar]\n",
    ],
)
def test_a_secret_in_a_scene_in_which_the_player_takes_part(town: Path, rest: str) -> None:
    _scene(town, "[warden, baker]", rest)
    assert told(town) == [
        "'second_cellar' is confidential and would be heard by the player (crews/talk.yaml)"
    ]


def test_in_an_open_scene_a_beat_may_be_played_after_somebody_came_in(town: Path) -> None:
    beats = "[meeting_cellar, {enter: [stranger]}]"
    rest = f"present: [warden]\nturn_taking: free\nbeats: {beats}\n"
    _scene(town, "[warden, baker, stranger]", rest)
    assert told(town) == [
        "'second_cellar' is confidential and would be heard by "
        "the player (crews/talk.yaml), stranger (crews/talk.yaml)"
    ]


def test_what_the_speaker_thinks_of_somebody_is_not_conveyed_to_them(town: Path) -> None:
    tasks = town / "tasks.yaml"
    thought = BEAT.replace("second_cellar", "warden.relationships.baker")
    text = tasks.read_text(encoding="utf-8").replace(BEAT, thought.rstrip() + "\n  to: baker\n")
    tasks.write_text(text, encoding="utf-8")
    [found] = told(town)
    assert found == "'warden.relationships.baker' is about somebody who would hear it: baker"


def test_a_scripted_scene_that_says_nothing_of_a_player_is_the_npcs_own(town: Path) -> None:
    _scene(town, "[warden, baker]", "beats: [meeting_cellar]\n")
    scene = load_town(town).scenes["talk"]
    assert not scene.has_player
    _scene(town, "[warden, baker]", "turn_taking: free\nbeats: [meeting_cellar]\n")
    assert told(town)
