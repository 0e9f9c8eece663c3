"""Scenes without a script: rounds of the floor, from the first line to an end that always comes."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.support.playing import (
    SMALL,
    Entries,
    NoLore,
    beats_played,
    lines_by_seed,
    model_away,
    small_town,
    typing,
)
from tests.support.replay_model import STRONG, WEAK, ReplayModel, Reply
from townsfolk.crews.listener import QuietListener
from townsfolk.crews.play import Theatre
from townsfolk.crews.setting import Setting
from townsfolk.models.errors import ModelTimeout
from townsfolk.models.interface import Completion, Request
from townsfolk.models.profile import ModelProfile
from townsfolk.retrieval.index import LoreIndex
from townsfolk.town.beats import PLAYER
from townsfolk.town.scenes import REPLIES
from townsfolk.town.town import Town
from townsfolk.town.transcript import Transcript
from townsfolk.turns.player import HumanPlayer, Player, ScriptedPlayer

BEATS: Entries = {
    "greet": {"agent": "guard", "to": "merchant", "authored": "Good morning, Marta."},
    "answer": {"agent": "merchant", "to": "guard", "authored": "And to you, Doran."},
    "thank": {"agent": "guard", "to": "merchant", "authored": "Thank you kindly."},
    "bid": {"agent": "merchant", "to": PLAYER, "authored": "What may I do for you?"},
    "cry": {"agent": "guard", "say": "The bell has rung!"},
    "shout": {"agent": "merchant", "say": "Lamps! Lamps!"},
    "gate": {"agent": "guard", "to": PLAYER, "say": "The gate is open.", "actions": ["open_gate"]},
    "past": {"agent": "guard", "to": PLAYER, "say": "Go on through.",
             "when": {"flags.gate_open": True}},
    "write": {"agent": "clerk", "to": PLAYER, "say": "I write it down."},
}  # fmt: skip
HELLO = {"player": "Good morning, Marta."}


@pytest.fixture(autouse=True)
def _crewai_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREWAI_STORAGE_DIR", str(tmp_path))
    monkeypatch.setenv("CREWAI_TRACING_ENABLED", "false")
    monkeypatch.setenv("CREWAI_DISABLE_TELEMETRY", "true")


Stage = Callable[..., Transcript]


@pytest.fixture
def play(town: Town) -> Stage:
    """Plays steps as a small scene of the guard, the merchant and the clerk, the model away."""

    def run(
        steps: Sequence[Any],
        player: Player | None = None,
        listeners: Sequence[QuietListener] = (),
        model: ReplayModel | None = None,
        seed: int = 1,
        **scene: Any,
    ) -> Transcript:
        shut = {"flags": {"gate_open": False}}
        here = {"cast": ["guard", "merchant", "clerk"], "world": shut}
        small = small_town(town, BEATS, beats=list(steps), **{**here, **scene})
        theatre = Theatre(small, model or model_away(), NoLore())
        return theatre.play(SMALL, player, Setting("en", seed), listeners)

    return run


def speakers(transcript: Transcript) -> list[str]:
    return [turn.speaker for turn in transcript.turns]


# --- rounds and endings


def test_a_scene_whose_list_is_over_was_played(play: Stage) -> None:
    played = play([HELLO, "bid"], ScriptedPlayer())
    assert speakers(played) == [PLAYER, "merchant"]
    assert (played.status, played.ending) == ("finished", "played")


def test_npcs_answer_each_other_until_somebody_speaks_to_the_player(play: Stage) -> None:
    played = play(["greet", "answer", "thank", "bid"], ScriptedPlayer(), replies=9)
    assert beats_played(played) == ["greet", "answer", "thank", "bid"]


@pytest.mark.parametrize("replies", [1, 2, None])
def test_a_round_has_so_many_lines_at_most(play: Stage, replies: int | None) -> None:
    played = play(["greet", "answer", "thank", "bid"], ScriptedPlayer(), replies=replies)
    assert len(played.turns) == (replies or REPLIES)


def test_the_player_has_the_floor_after_each_round(play: Stage) -> None:
    played = play([HELLO, HELLO, HELLO], ScriptedPlayer(), replies=1)
    assert speakers(played) == [PLAYER, "merchant"] * 3
    assert played.progress.rounds == 3


def test_no_more_rounds_than_the_scene_says(play: Stage) -> None:
    played = play([HELLO, HELLO, HELLO], ScriptedPlayer(), replies=1, rounds=2)
    assert speakers(played)[:4] == [PLAYER, "merchant"] * 2
    assert played.ending == "rounds"
    assert played.progress.rounds == 2


def test_the_scene_is_over_as_soon_as_its_until_holds(play: Stage) -> None:
    steps = [HELLO, "gate", HELLO, "bid"]
    played = play(steps, ScriptedPlayer(), until={"flags.gate_open": True})
    assert beats_played(played)[-1] == "gate"
    assert played.ending == "until"


def test_a_scene_that_is_over_before_it_starts_has_no_line(play: Stage) -> None:
    world = {"flags": {"gate_open": True}}
    played = play([HELLO], ScriptedPlayer(), until={"flags.gate_open": True}, world=world)
    assert (played.turns, played.ending) == ([], "until")


# --- beyond the list


def test_rounds_that_are_left_over_go_on_with_whoever_types(play: Stage) -> None:
    typed = typing("Morning!", "Marta, how is trade?", "Doran, and you?", "Farewell, Cassel.")
    played = play([HELLO], HumanPlayer(typed), rounds=4)
    assert speakers(played) == [PLAYER, "guard", PLAYER, "merchant", PLAYER, "guard",
                                PLAYER, "clerk"]  # fmt: skip
    assert played.ending == "rounds"


def test_a_hint_is_shown_only_where_the_author_wrote_one(play: Stage) -> None:
    hints: list[str] = []

    def ask(hint: str) -> str:
        hints.append(hint)
        return "Marta?"

    play([HELLO], HumanPlayer(ask), rounds=3)
    assert hints == ["Good morning, Marta.", "", ""]


def test_a_round_in_which_nobody_speaks_is_the_end(play: Stage) -> None:
    """A scripted player has nothing to say beyond the list, and so nobody answers."""
    played = play([HELLO, "bid"], ScriptedPlayer(), rounds=50)
    assert speakers(played) == [PLAYER, "merchant"]
    assert played.ending == "silence"


def test_a_human_who_types_nothing_is_silent(play: Stage) -> None:
    played = play([HELLO, "bid"], HumanPlayer(typing("Marta?", "", "too late")), rounds=50)
    assert [turn.speech for turn in played.turns if turn.speaker == PLAYER] == ["Marta?"]
    assert played.ending == "silence"


def test_a_player_who_goes_away_is_not_there_any_more(play: Stage) -> None:
    class Farewell(QuietListener):
        gone: Sequence[str] = ()

        def left(self, names: Sequence[str]) -> None:
            self.gone = names

    farewell = Farewell()
    steps = [HELLO, HELLO, "cry", "bid"]
    player = HumanPlayer(typing("Marta?"))
    played = play(steps, player, [farewell], rounds=9)
    assert farewell.gone == ["the player"]
    assert speakers(played).count(PLAYER) == 1
    assert "bid" not in beats_played(played)
    for turn in played.turns[2:]:
        assert PLAYER not in (turn.to, *turn.present)
    assert played.status == "finished"


def test_without_a_player_the_npcs_talk_among_themselves(play: Stage) -> None:
    played = play([HELLO, "greet", "answer", "bid", "cry"], None, rounds=9)
    assert beats_played(played) == ["greet", "answer", "cry"]
    assert played.player == "none"
    assert played.ending == "silence"


# --- who is there


def test_who_comes_in_between_two_rounds_may_speak_from_then_on(play: Stage) -> None:
    steps = [HELLO, "write", {"enter": ["clerk"]}, {"player": "Cassel?"}]
    played = play(steps, ScriptedPlayer(), present=["guard", "merchant"])
    first, *_, last = [turn for turn in played.turns if turn.speaker == PLAYER]
    assert "clerk" not in first.present
    assert "clerk" in last.present
    assert played.turns[-1].beat == "write"
    assert beats_played(played) == ["write"]


def test_who_went_away_says_nothing_more(play: Stage) -> None:
    """Neither when they are named nor what they had to say."""
    steps = [HELLO, {"leave": ["guard"]}, {"player": "Doran?"}, "cry", "gate"]
    played = play(steps, ScriptedPlayer())
    assert "guard" not in speakers(played)
    assert "guard" not in played.turns[-1].present
    assert played.ending == "played"


def test_the_place_changes_for_the_lines_that_follow(play: Stage) -> None:
    played = play(["cry", {"place": "The bridge"}, "shout"])
    assert [(turn.beat, turn.place) for turn in played.turns] == [
        ("cry", "The square"), ("shout", "The bridge"),
    ]  # fmt: skip


def test_a_beat_whose_condition_does_not_hold_is_never_said(play: Stage) -> None:
    assert beats_played(play(["past", HELLO], ScriptedPlayer())) == []
    assert beats_played(play(["past", HELLO, "gate"], ScriptedPlayer())) == ["gate", "past"]


# --- what must be said


def test_what_must_be_said_is_said_by_the_end_of_its_round(play: Stage) -> None:
    """Beyond the most lines of a round too."""
    played = play(["greet", "answer", "cry", "shout", HELLO], ScriptedPlayer(), replies=1)
    assert beats_played(played) == ["greet", "cry", "shout"]
    assert speakers(played)[3] == PLAYER


def test_a_beat_that_nobody_asked_for_stays_unsaid(play: Stage) -> None:
    played = play(["bid", HELLO, "thank"], ScriptedPlayer(), replies=1)
    assert "thank" not in beats_played(played)
    assert played.progress.left_open == ["thank"]


# --- whatever the model does

GARBAGE: list[Reply] = [
    "", " ", "…", "Marta, Doran, Cassel!", "Doran: Marta: Cassel: salt", "{", '{"speech": 7}',
    '{"speech": "Marta, salt?", "to": "nobody", "actions": [{"name": "sell"}]}', "<|im_end|>",
    "word " * 500, "은화 오백 닢이오, 도란.", "The toll is 9000 silver, Marta. Sold!", "\x00\u202e",
    "I, the player, open the gate.", Completion("Marta, I", finish="length"), ModelTimeout("slow"),
]  # fmt: skip


def babble(seed: int, profile: ModelProfile) -> ReplayModel:
    chance = random.Random(seed)

    def say(request: Request) -> Reply:
        return chance.choice(GARBAGE)

    return ReplayModel(say, profile)


@pytest.mark.parametrize("profile", [WEAK, STRONG], ids=["weak", "strong"])
@pytest.mark.parametrize("turn_taking", ["addressed", "free"])
@pytest.mark.parametrize("seed", range(4))
def test_every_scene_ends_within_its_lines_whatever_the_model_says(
    play: Stage, seed: int, turn_taking: str, profile: ModelProfile
) -> None:
    chance = random.Random(seed)
    steps: list[Any] = [*BEATS, HELLO, HELLO, {"player": "Doran, Cassel, salt?"},
                        {"leave": ["clerk"]}, {"enter": ["clerk"]}]  # fmt: skip
    chance.shuffle(steps)
    rounds, replies = chance.randint(1, 9), chance.randint(1, 5)
    typed = [chance.choice(["Marta?", "", "salt", "도란 님?", "…"]) for _ in range(20)]
    player = chance.choice([None, ScriptedPlayer(), HumanPlayer(typing(*typed))])
    played = play(
        steps, player, model=babble(seed, profile), seed=seed,
        rounds=rounds, replies=replies, turn_taking=turn_taking,
    )  # fmt: skip
    assert played.status == "finished"
    assert played.ending in ("rounds", "silence")
    closing = sum("say" in entry for entry in BEATS.values())
    npcs = [turn for turn in played.turns if turn.speaker != PLAYER]
    assert len(npcs) <= rounds * replies + closing
    assert played.progress.rounds <= rounds
    said = beats_played(played)
    assert len(said) == len(set(said))
    assert all(turn.speech and turn.calls <= 2 for turn in npcs)
    assert all(turn.speaker in turn.present for turn in played.turns)


# --- the sample town


def must_be_said(town: Town, scene: str) -> set[str]:
    return {beat for beat in town.scenes[scene].beat_ids() if town.beats[beat].must_convey}


@pytest.mark.model
@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(
    ("scene", "ending"), [("market_morning", "until"), ("inn_evening", "rounds")]
)
def test_the_sample_scenes_reach_their_ends_by_the_authors_lines_alone(
    town: Town, index: LoreIndex, scene: str, ending: str, language: str
) -> None:
    theatre = Theatre(town, model_away(), index)
    played = theatre.play(scene, ScriptedPlayer(), Setting(language, 1))
    assert (played.status, played.ending) == ("finished", ending)
    assert {turn.origin for turn in played.turns} <= {"player", "authored", "say"}
    assert must_be_said(town, scene) <= set(beats_played(played))
    assert any(action.accepted for turn in played.turns for action in turn.game_actions)
    assert any(turn.interrupts for turn in played.turns)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("scene", ["market_morning", "inn_evening"])
@pytest.mark.parametrize("seed", range(2))
def test_the_sample_scenes_end_whatever_a_small_model_says(
    town: Town, scene: str, language: str, seed: int
) -> None:
    for model in (babble(seed, WEAK), lines_by_seed(language)):
        theatre = Theatre(town, model, NoLore())
        played = theatre.play(scene, ScriptedPlayer(), Setting(language, seed))
        assert played.status == "finished"
        said = beats_played(played)
        assert len(said) == len(set(said))
        assert must_be_said(town, scene) <= set(said)
