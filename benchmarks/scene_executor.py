"""What a scene costs beside its model: our agent against CrewAI's own executor, in one run.

    uv run python benchmarks/scene_executor.py [--rounds 5]

The model answers at once, so that all that is left is ours and CrewAI's.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

from townsfolk.crews.environment import prepare_environment
from townsfolk.crews.play import Theatre
from townsfolk.crews.setting import Executor, Setting
from townsfolk.models.interface import Completion, Request
from townsfolk.models.profile import ModelProfile
from townsfolk.retrieval.index import LoreIndex
from townsfolk.town.load import load_town
from townsfolk.turns.player import ScriptedPlayer

SCENE = "market_haggling"


class InstantModel:
    """Says one line at once."""

    name = "instant"
    profile = ModelProfile(strength="weak")

    def complete(self, request: Request) -> Completion:
        return Completion("Aye, so it is.")

    def reset(self) -> None: ...


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds: int = parser.parse_args().rounds
    root = Path(__file__).parent.parent
    with tempfile.TemporaryDirectory() as storage:
        os.environ["CREWAI_STORAGE_DIR"] = storage
        prepare_environment(root)
        town = load_town(root)
        theatre = Theatre(town, InstantModel(), LoreIndex(town))  # type: ignore[arg-type]
        milliseconds: dict[Executor, list[float]] = {"stock": [], "fast": []}
        retrieval: list[float] = []
        for number in range(rounds + 1):
            for executor, taken in milliseconds.items():
                started = time.process_time()
                transcript = theatre.play(SCENE, ScriptedPlayer(), Setting("en", 1, executor))
                npc = [turn for turn in transcript.turns if turn.origin != "player"]
                if number:  # the first round warms up
                    taken.append((time.process_time() - started) * 1000 / len(npc))
                    retrieval += [turn.timing.retrieval_seconds * 1000 for turn in npc]
    stock, fast = (statistics.median(milliseconds[key]) for key in ("stock", "fast"))
    print(f"CrewAI's executor  {stock:6.1f} ms CPU a turn")
    print(f"our agent          {fast:6.1f} ms CPU a turn")
    print(f"of it retrieval    {statistics.median(retrieval):6.1f} ms")
    print(f"ratio              {fast / stock:6.2f}")


if __name__ == "__main__":
    main()
