"""CrewAI's own events of a scene are kept in its transcript."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.playing import NoLore, lines_by_seed, model_away
from townsfolk.crews.play import Theatre
from townsfolk.crews.setting import Executor, Setting
from townsfolk.models.interface import Model
from townsfolk.town.town import Town
from townsfolk.town.transcript import Transcript
from townsfolk.turns.player import ScriptedPlayer


@pytest.fixture(autouse=True)
def _crewai_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREWAI_STORAGE_DIR", str(tmp_path))
    monkeypatch.setenv("CREWAI_TRACING_ENABLED", "false")
    monkeypatch.setenv("CREWAI_DISABLE_TELEMETRY", "true")


def played(town: Town, scene: str, model: Model, executor: Executor = "fast") -> Transcript:
    setting = Setting("en", 1, executor)
    return Theatre(town, model, NoLore()).play(scene, ScriptedPlayer(), setting)


def calls(transcript: Transcript) -> int:
    return sum(turn.calls for turn in transcript.turns)


@pytest.mark.parametrize("executor", ["fast", "stock"])
@pytest.mark.parametrize("scene", ["town_arrival", "market_morning"])
def test_every_task_agent_and_call_is_a_span(town: Town, scene: str, executor: Executor) -> None:
    """Of a crew that plays a whole script, and of crews that play a turn each."""
    transcript = played(town, scene, lines_by_seed("en"), executor)
    counted = Counter(span.name for span in transcript.crew)
    assert counted["llm_call"] == calls(transcript) > 0
    spoken = [turn.beat or f"reply_{turn.number}" for turn in transcript.turns
              if turn.origin != "player"]  # fmt: skip
    for name in ("task", "agent"):
        tasks = [span.task for span in transcript.crew if span.name == name]
        assert [task for task in tasks if task in spoken] == spoken
    assert all(span.seconds >= 0 and span.began > 0 for span in transcript.crew)


def test_a_call_lies_within_its_task(town: Town) -> None:
    transcript = played(town, "town_arrival", lines_by_seed("en"))
    tasks = {span.task: span for span in transcript.crew if span.name == "task"}
    for span in transcript.crew:
        task = tasks[span.task]
        assert task.began <= span.began
        assert span.began + span.seconds <= task.began + task.seconds + 1e-6


def test_a_call_that_failed_says_why(town: Town) -> None:
    transcript = played(town, "town_arrival", model_away())
    failed = [span.error for span in transcript.crew if span.name == "llm_call"]
    assert failed
    assert set(failed) == {"away"}


def test_scenes_side_by_side_hear_only_their_own(town: Town) -> None:
    """CrewAI has one bus for the whole process."""
    with ThreadPoolExecutor(4) as threads:
        found = list(
            threads.map(lambda _: played(town, "town_arrival", lines_by_seed("en")), range(4))
        )
    counted = [Counter(span.name for span in transcript.crew) for transcript in found]
    assert counted == [counted[0]] * 4
    assert counted[0]["llm_call"] == calls(found[0])
