"""Runs and episodes for tests of the store."""

from __future__ import annotations

from townsfolk.store.records import Episode, Run, Score
from townsfolk.town.transcript import Fault, Transcript, Turn
from townsfolk.town.world import World

NOW = "2026-11-23T10:00:00+00:00"


def run(name: str = "evening", planned: int = 2, created_at: str = NOW) -> Run:
    """A run of simulated players."""
    return Run(f"run-{name}", "simulation", name, "Osmere", "0.1.0", {"seeds": [1, 2]}, planned,
               created_at)  # fmt: skip


def episode(of: Run, key: str, status: str = "finished", seed: int = 1) -> Episode:
    """Two lines, one of them Korean and with a fault, and a score of each kind."""
    transcript = Transcript.model_validate(
        {
            "town": "Osmere", "scene": "town_arrival", "title": "Arrival", "language": "ko",
            "model": "tiny", "prompt_version": "npc-turn/4", "seed": seed, "player": "scripted",
            "status": status, "started_at": NOW,
        }
    )  # fmt: skip
    transcript.turns = [
        Turn(number=1, speaker="player", name="나그네", speech="통행세가 얼마요?", origin="player"),
        Turn(number=2, speaker="guard", name="도란", speech="은화 2닢이오.", origin="authored",
             faults=[Fault(rule="off_topic", detail="0%")], calls=2),
    ]  # fmt: skip
    transcript.world = World(flags={"gate_open": True}, purses={"player": 8})
    scores = (
        Score("response_time", 1.5, "", "clock", "1", turn=2),
        Score("satisfaction", 0.5, "짧다", "rules", "1"),
    )
    return Episode(of.id, key, "haggler", transcript, 3.25, NOW, scores=scores)
