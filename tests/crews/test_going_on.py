"""A scene that was stopped goes on after its last line as if it never had been."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.support.playing import (
    SMALL,
    Entries,
    NoLore,
    beats_played,
    lines_by_seed,
    model_away,
    small_town,
    what_was_said,
)
from tests.support.replay_model import ReplayModel, Reply
from townsfolk.crews.listener import QuietListener
from townsfolk.crews.play import Theatre
from townsfolk.crews.setting import Executor, Setting
from townsfolk.models.interface import Request
from townsfolk.town.beats import PLAYER
from townsfolk.town.scenes import Scene
from townsfolk.town.town import Town
from townsfolk.town.transcript import Transcript, Turn
from townsfolk.turns.player import HumanPlayer, ScriptedPlayer

ENGLISH = Setting("en", 1)

BEATS: Entries = {
    "greet": {"agent": "guard", "to": PLAYER, "authored": "Halt at the line."},
    "laugh": {"agent": "merchant", "to": "guard", "authored": "He always says that.",
              "interrupts": ["toll"]},
    "open": {"agent": "guard", "to": PLAYER, "say": "The gate is open.", "actions": ["open_gate"]},
    "wave": {"agent": "merchant", "to": PLAYER, "say": "Come in, come in!"},
}  # fmt: skip
SHAPES: Entries = {
    "scripted": {"turn_taking": "scripted"},
    "addressed": {"turn_taking": "addressed", "rounds": 9},
    "free": {"turn_taking": "free", "rounds": 5, "replies": 2},
}


@pytest.fixture(autouse=True)
def _crewai_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREWAI_STORAGE_DIR", str(tmp_path))
    monkeypatch.setenv("CREWAI_TRACING_ENABLED", "false")
    monkeypatch.setenv("CREWAI_DISABLE_TELEMETRY", "true")


@pytest.fixture(params=list(SHAPES))
def gate(request: pytest.FixtureRequest, town: Town) -> Town:
    """A small scene with every kind of step, of each turn taking."""
    steps = ["greet", "laugh", {"player": "Doran, what is the toll?"}, {"enter": ["clerk"]},
             {"place": "Under the gate"}, {"player": "Doran, open up."}, "open",
             {"leave": ["guard"]}, {"player": "Marta?"}, "wave"]  # fmt: skip
    return small_town(
        town, BEATS, cast=["guard", "merchant", "clerk"], present=["guard", "merchant"],
        player={"name": "the traveller", "purse": 9}, beats=steps, **SHAPES[request.param],
    )  # fmt: skip


class Power(Exception):
    """The lights go out."""


class StopsAfter(QuietListener):
    """Writes the transcript down at each line, and after so many more stops the scene."""

    def __init__(self, lines: int, error: type[BaseException] = KeyboardInterrupt) -> None:
        self.written: list[str] = []
        self._lines = lines
        self._error = error

    def spoke(self, turn: Turn, transcript: Transcript) -> None:
        self.written.append(transcript.model_dump_json())
        if len(self.written) == self._lines:
            raise self._error


def lines_of(full: StopsAfter) -> list[Transcript]:
    return [Transcript.model_validate_json(text) for text in full.written]


def same(one: Transcript, other: Transcript) -> None:
    """Everything but times is the same."""
    assert what_was_said(one.turns) == what_was_said(other.turns)
    assert one.world == other.world
    assert one.ending == other.ending
    assert one.progress == other.progress


def stopped_after_each_line(
    theatre: Callable[[], Theatre],
    scene: str,
    setting: Setting,
    full: Sequence[Transcript],
    error: type[BaseException],
) -> Transcript:
    """Stop after each line and go on from what was written down there; the scene's end.

    What is written down is each time what the uninterrupted scene had written, so that to stop
    after all lines is to have stopped after any one of them.
    """
    stop = StopsAfter(1, error)
    with pytest.raises(error):
        theatre().play(scene, ScriptedPlayer(), setting, [stop])
    for before in full[:-1]:
        written = Transcript.model_validate_json(stop.written[-1])
        same(written, before)
        stop = StopsAfter(1, error)
        with pytest.raises(error):
            theatre().go_on(written, ScriptedPlayer(), setting, [stop])
    return theatre().go_on(
        Transcript.model_validate_json(stop.written[-1]), ScriptedPlayer(), setting
    )


@pytest.mark.parametrize(("language", "error"), [("en", KeyboardInterrupt), ("ko", Power)])
def test_every_sample_scene_goes_on_from_every_line(
    town: Town, language: str, error: type[BaseException]
) -> None:
    setting = Setting(language, 1)

    def theatre() -> Theatre:
        return Theatre(town, lines_by_seed(language), NoLore())

    for scene in town.scenes:
        heard = StopsAfter(0)
        full = theatre().play(scene, ScriptedPlayer(), setting, [heard])
        rest = stopped_after_each_line(theatre, scene, setting, lines_of(heard), error)
        same(rest, full)
        assert rest.status == "finished"


@pytest.mark.parametrize("executor", ["fast", "stock"])
def test_a_scene_with_every_kind_of_step_goes_on_from_every_line(
    gate: Town, executor: Executor
) -> None:
    setting = Setting("en", 1, executor)

    def theatre() -> Theatre:
        return Theatre(gate, lines_by_seed("en"), NoLore())

    heard = StopsAfter(0)
    full = theatre().play(SMALL, ScriptedPlayer(), setting, [heard])
    assert set(beats_played(full)) == set(BEATS)
    assert full.world.flags["gate_open"] is True
    rest = stopped_after_each_line(theatre, SMALL, setting, lines_of(heard), KeyboardInterrupt)
    same(rest, full)


@pytest.mark.parametrize("executor", ["fast", "stock"])
def test_an_interrupt_while_the_model_is_called_loses_no_beat(
    gate: Town, executor: Executor
) -> None:
    """The turn that was under way is played again, from its beginning."""
    setting = Setting("en", 1, executor)
    full = Theatre(gate, lines_by_seed("en"), NoLore()).play(SMALL, ScriptedPlayer(), setting)
    calls = sum(turn.calls for turn in full.turns)
    assert calls > 2
    for call in sorted({1, 2, calls // 2, calls}):
        written = Written()
        with pytest.raises(KeyboardInterrupt):
            Theatre(gate, interrupted_at(call), NoLore()).play(
                SMALL, ScriptedPlayer(), setting, [written]
            )
        assert written.last.status == "stopped"
        rest = Theatre(gate, lines_by_seed("en"), NoLore()).go_on(
            written.last, ScriptedPlayer(), setting
        )
        same(rest, full)


class Written(QuietListener):
    """What the file of a scene holds in the end."""

    def __init__(self) -> None:
        self._text = ""

    @property
    def last(self) -> Transcript:
        return Transcript.model_validate_json(self._text)

    def scene_ended(self, transcript: Transcript) -> None:
        self._text = transcript.model_dump_json()


def interrupted_at(call: int) -> ReplayModel:
    """A model during whose nth call somebody presses Ctrl-C."""
    lines = lines_by_seed("en")

    def say(request: Request) -> Reply:
        if len(model.requests) == call:
            raise KeyboardInterrupt
        return lines.complete(request).text

    model = ReplayModel(say)
    return model


def test_a_human_is_not_asked_again_for_what_they_said(gate: Town) -> None:
    hints: list[str] = []

    def ask(hint: str) -> str:
        hints.append(hint)
        return f"I say this as number {len(hints)}."

    written = StopsAfter(0)
    Theatre(gate, model_away(), NoLore()).play(SMALL, HumanPlayer(ask), ENGLISH, [written])
    asked = len(hints)
    for transcript in lines_of(written)[::2]:
        hints[:] = [turn.speech for turn in transcript.turns if turn.speaker == PLAYER]
        rest = Theatre(gate, model_away(), NoLore()).go_on(transcript, HumanPlayer(ask), ENGLISH)
        assert len(hints) == asked
        assert len({turn.speech for turn in rest.turns if turn.speaker == PLAYER}) == asked


def test_to_go_on_leaves_the_given_transcript_as_it_is(gate: Town) -> None:
    written = StopsAfter(2)
    with pytest.raises(KeyboardInterrupt):
        Theatre(gate, model_away(), NoLore()).play(SMALL, ScriptedPlayer(), ENGLISH, [written])
    before = lines_of(written)[-1]
    Theatre(gate, model_away(), NoLore()).go_on(before, ScriptedPlayer(), ENGLISH)
    assert before == lines_of(written)[-1]


def test_another_model_that_goes_on_is_named_beside_the_first(gate: Town) -> None:
    written = StopsAfter(2)
    with pytest.raises(KeyboardInterrupt):
        Theatre(gate, model_away(), NoLore()).play(SMALL, ScriptedPlayer(), ENGLISH, [written])
    other = model_away()
    other.name = "another"
    rest = Theatre(gate, other, NoLore()).go_on(lines_of(written)[-1], ScriptedPlayer(), ENGLISH)
    assert rest.model == "replay, another"


# --- listeners


class Hears(QuietListener):
    """Keeps what it was told; may fail at one kind of news."""

    def __init__(self, fails_at: str = "", error: type[BaseException] = Power) -> None:
        self.news: list[str] = []
        self._fails_at = fails_at
        self._error = error

    def scene_started(self, scene: Scene, transcript: Transcript) -> None:
        self._hear("scene_started")

    def spoke(self, turn: Turn, transcript: Transcript) -> None:
        self._hear("spoke")

    def scene_ended(self, transcript: Transcript) -> None:
        self.news.append(transcript.status)
        self._hear("scene_ended")

    def _hear(self, news: str) -> None:
        self.news.append(news)
        if news == self._fails_at:
            raise self._error


@pytest.mark.parametrize("error", [Power, KeyboardInterrupt])
@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("fails_at", ["scene_started", "spoke", "scene_ended"])
def test_every_listener_hears_that_the_scene_is_over(
    gate: Town, fails_at: str, place: int, error: type[BaseException]
) -> None:
    """Whichever of them fails, and whenever."""
    listeners = [Hears(), Hears()]
    listeners.insert(place, Hears(fails_at, error))
    with pytest.raises(error):
        Theatre(gate, model_away(), NoLore()).play(SMALL, ScriptedPlayer(), ENGLISH, listeners)
    status = {"scene_ended": "finished"}.get(
        fails_at, "stopped" if error is KeyboardInterrupt else "failed"
    )
    for listener in listeners:
        assert listener.news[-2:] == [status, "scene_ended"]
        assert listener.news.count("scene_ended") == 1


@pytest.mark.parametrize("executor", ["fast", "stock"])
def test_a_listener_that_fails_is_not_taken_for_a_model_that_is_busy(
    square: Town, executor: Executor
) -> None:
    """CrewAI calls a model again after such an error, and the line would be spoken again."""

    class Busy(QuietListener):
        spoken = 0

        def spoke(self, turn: Turn, transcript: Transcript) -> None:
            self.spoken += 1
            raise OSError("429 Too Many Requests")

    busy = Busy()
    setting = Setting("en", 1, executor)
    with pytest.raises(OSError, match="429"):
        Theatre(square, model_away(), NoLore()).play(SMALL, ScriptedPlayer(), setting, [busy])
    assert busy.spoken == 1


# --- another scene in the world that one left


@pytest.fixture
def square(town: Town) -> Town:
    """A scene whose player has a purse and a pack of their own, and that sets the world."""
    return small_town(
        town, BEATS, cast=["guard", "merchant"], beats=["greet", "open"],
        player={"name": "the traveller", "purse": 9, "inventory": {"waterskin": 1}},
        world={"flags": {"gate_open": False}, "quests": {"side_ferry_rope": "accepted"}},
        turn_taking="scripted",
    )  # fmt: skip


def test_the_next_scene_is_played_in_the_world_that_one_left(square: Town) -> None:
    theatre = Theatre(square, model_away(), NoLore())
    first = theatre.play(SMALL, ScriptedPlayer(), ENGLISH)
    first.world.purses[PLAYER] = 2
    first.world.items[PLAYER] = {"river_salt": 3}
    first.world.flags["bell_rung"] = True
    heard = StopsAfter(0)
    theatre.play(SMALL, ScriptedPlayer(), ENGLISH, [heard], first.world)
    start = lines_of(heard)[0].world
    assert start.purses[PLAYER] == 2
    assert start.items[PLAYER] == {"river_salt": 3}
    assert start.flags == {"bell_rung": True, "gate_open": False}
    assert start.quests["side_ferry_rope"] == "accepted"


def test_a_new_world_has_the_purse_and_pack_that_the_scene_states(square: Town) -> None:
    heard = StopsAfter(0)
    Theatre(square, model_away(), NoLore()).play(SMALL, ScriptedPlayer(), ENGLISH, [heard])
    start = lines_of(heard)[0].world
    assert (start.purses[PLAYER], start.items[PLAYER]) == (9, {"waterskin": 1})


def test_the_carried_world_itself_stays_as_it_was(square: Town) -> None:
    theatre = Theatre(square, model_away(), NoLore())
    world = theatre.play(SMALL, ScriptedPlayer(), ENGLISH).world
    before = world.model_copy(deep=True)
    theatre.play(SMALL, ScriptedPlayer(), ENGLISH, world=world)
    assert world == before
