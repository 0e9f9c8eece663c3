"""CrewAI's own executor plays every scene as ours does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.playing import RememberedLore, lines_by_seed, what_was_said
from townsfolk.crews.play import Theatre
from townsfolk.crews.setting import Executor, Setting
from townsfolk.retrieval.index import LoreIndex
from townsfolk.town.town import Town
from townsfolk.town.transcript import Transcript
from townsfolk.turns.player import ScriptedPlayer

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def lore(index: LoreIndex) -> RememberedLore:
    return RememberedLore(index)


@pytest.fixture(autouse=True)
def _crewai_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREWAI_STORAGE_DIR", str(tmp_path))
    monkeypatch.setenv("CREWAI_TRACING_ENABLED", "false")
    monkeypatch.setenv("CREWAI_DISABLE_TELEMETRY", "true")


@pytest.fixture(autouse=True)
def _no_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the model says is spoken, so that its lines can be told apart."""
    monkeypatch.setattr("townsfolk.turns.speaking.check_line", lambda speech, context: [])


def played(town: Town, lore: LoreIndex, scene: str, executor: Executor) -> tuple[Transcript, int]:
    """A scene, and how often the model was called."""
    model = lines_by_seed("en")
    setting = Setting("en", 1, executor)
    transcript = Theatre(town, model, lore).play(scene, ScriptedPlayer(), setting)
    return transcript, len(model.requests)


@pytest.mark.parametrize(
    "scene",
    ["town_arrival", "market_haggling", "night_at_the_gate", "quest_report", "market_morning",
     "inn_evening"],
)  # fmt: skip
def test_the_stock_executor_plays_the_same_scene(
    town: Town, lore: RememberedLore, scene: str
) -> None:
    stock, stock_calls = played(town, lore, scene, "stock")
    fast, fast_calls = played(town, lore, scene, "fast")
    assert what_was_said(stock.turns) == what_was_said(fast.turns)
    assert stock.world == fast.world
    assert (stock.ending, stock.progress) == (fast.ending, fast.progress)
    assert "model" in {turn.origin for turn in fast.turns}
    assert stock_calls == fast_calls == sum(turn.calls for turn in fast.turns)


def test_every_turn_taking_is_among_them(town: Town) -> None:
    kinds = {scene.turn_taking for scene in town.scenes.values()}
    assert kinds == {"scripted", "addressed", "free"}
