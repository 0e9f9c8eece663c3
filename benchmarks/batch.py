"""How busy a batch keeps a model server: Townsfolk against plain CrewAI.

    uv run python benchmarks/batch.py [--seconds 1.0] [--slots 32] [--turns 1200]

An OpenAI-compatible endpoint on this machine takes a fixed time for each answer and has so many
slots. `townsfolk simulate` holds its conversations, and plays its scenes, with a quarter more
episodes at a time than there are slots, in two processes; plain CrewAI plays the same beats of the
same scene as crews without tools, by `akickoff` (as many at a time) and by `kickoff_for_each`.
What is printed is the share of the slots' time that each keeps busy, and turns a second.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from slow_endpoint import SlowEndpoint, slow_endpoint

from townsfolk.crews.environment import prepare_environment
from townsfolk.town.load import load_town
from townsfolk.turns.prompt import fill

ROOT = Path(__file__).parent.parent
SCENE = "town_arrival"
LINES = 4
"""Lines of the player in a conversation."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--slots", type=int, default=32)
    parser.add_argument("--turns", type=int, default=1200)
    parser.add_argument("--only", default="", help="the ways with this in their name")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CREWAI_STORAGE_DIR"] = str(Path(folder) / "crewai")
        prepare_environment(ROOT)
        with slow_endpoint(options.slots, options.seconds) as endpoint:
            ways: dict[str, Callable[[], None]] = {
                "plain CrewAI, kickoff_for_each": lambda: _for_each(endpoint),
                "plain CrewAI, akickoff": lambda: _akickoff(endpoint, options.slots, options.turns),
                "Townsfolk, scenes": lambda: _simulate(
                    Path(folder), endpoint, options.slots, options.turns, scenes=True
                ),
                "Townsfolk, conversations": lambda: _simulate(
                    Path(folder), endpoint, options.slots, options.turns, scenes=False
                ),
            }
            base = 0.0
            print(f"{options.slots} slots of {options.seconds} s")
            print(f"{'':32}{'calls':>7}{'busy':>8}{'calls/s':>9}{'ratio':>7}")
            for name, play in ways.items():
                if options.only not in name:
                    continue
                endpoint.held()
                play()
                held = endpoint.held()
                span = max(end for _, end in held.calls) - min(at for at, _ in held.calls)
                busy = held.busy(options.slots) or len(held.calls) * options.seconds / (
                    span * options.slots
                )
                base = base or busy
                print(
                    f"{name:32}{len(held.calls):7}{busy:8.1%}{len(held.calls) / span:9.1f}"
                    f"{busy / base:7.1f}",
                    flush=True,
                )


def _simulate(
    folder: Path, endpoint: SlowEndpoint, slots: int, turns: int, *, scenes: bool
) -> None:
    """The run as a user starts it, in a copy of the sample town."""
    town = folder / ("scenes" if scenes else "chats")
    shutil.copytree(ROOT, town, ignore=shutil.ignore_patterns(".*", "src", "tests", "docs"))
    name, each = ("scene", 14) if scenes else ("chat", LINES)
    seeds = max(1, turns // (each * (1 if scenes else 6)))
    what = f"scenes: [{{scene: {SCENE}, players: [newcomer]}}]"
    if not scenes:
        what = "\n".join(
            ["chats:"]
            + [f"  - {{npc: {npc}, place: Here, premise: Noon., players: [gossip, doubter]}}"
               for npc in ("merchant", "innkeeper", "guard")]
        )  # fmt: skip
    (town / "simulations" / f"{name}.yaml").write_text(
        f"{what}\nlanguages: [en]\nseeds: {seeds}\nlimits: {{turns: {LINES}}}\n"
        f"processes: 2\nconcurrency: {_at_once(slots) // 2}\n",
        encoding="utf-8",
    )
    (town / "models.yaml").write_text(
        "model_list:\n  - model_name: npc\n    litellm_params: {model: openai/slow, "
        f"api_base: {endpoint.url}, api_key: none}}\n"
        "    profile: {strength: weak, context: 4096, tools: false}\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "townsfolk", "simulate", name, "--town", str(town)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    if told.returncode:
        sys.exit(told.stdout + told.stderr)


def _at_once(slots: int) -> int:
    """More than slots, so that one is taken again while the last answer is still looked at."""
    return slots * 5 // 4


def _crew(endpoint: SlowEndpoint) -> Any:
    from crewai import LLM, Agent, Crew, Process, Task

    logging.getLogger("crewai").setLevel(logging.ERROR)
    town = load_town(ROOT)
    scene = town.scenes[SCENE]
    beats = [beat for beat in scene.beats if isinstance(beat, str) and not town.beats[beat].say]
    llm = LLM(model="openai/slow", base_url=endpoint.url, api_key="-")
    agents: dict[str, Any] = {}
    for name in dict.fromkeys(town.beats[beat].agent for beat in beats):
        agent = town.agents[name]
        fields = {
            "name": agent.name("en"),
            "city": agent.persona.city.get("en"),
            "trade": agent.persona.trade.get("en"),
        }
        agents[name] = Agent(
            role=fill(agent.entry.role.get("en"), fields),
            goal=fill(agent.entry.goal.get("en"), fields),
            backstory=fill(agent.entry.backstory.get("en"), fields),
            llm=llm,
            allow_delegation=False,
        )
    tasks = [
        Task(
            name=beat,
            description=town.beats[beat].description.get("en"),
            expected_output=town.beats[beat].expected_output.get("en"),
            agent=agents[town.beats[beat].agent],
        )
        for beat in beats
    ]
    return Crew(agents=list(agents.values()), tasks=tasks, process=Process.sequential)


def _akickoff(endpoint: SlowEndpoint, slots: int, turns: int) -> None:
    crews = max(slots, turns // len(_crew(endpoint).tasks))

    async def play() -> None:
        at_once = asyncio.Semaphore(_at_once(slots))

        async def one() -> None:
            async with at_once:
                await _crew(endpoint).akickoff()

        await asyncio.gather(*(one() for _ in range(crews)))

    asyncio.run(play())


def _for_each(endpoint: SlowEndpoint) -> None:
    """One after the other: three scenes are enough to see it."""
    started = time.monotonic()
    _crew(endpoint).kickoff_for_each(inputs=[{} for _ in range(3)])
    print(f"(kickoff_for_each: three scenes took {time.monotonic() - started:.0f} s)")


if __name__ == "__main__":
    main()
