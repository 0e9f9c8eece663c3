"""What a scene costs beside its model: Townsfolk against plain CrewAI from the same YAML.

    uv run python benchmarks/scene_overhead.py [--rounds 5] [--profile weak|strong]

The same scene of three NPCs and six turns, on an OpenAI-compatible endpoint on this machine that
answers at once. Plain CrewAI gets its agents' role, goal and backstory, its tasks' description,
expected output and context, and as its one tool the same search over the same lore; the same
entries reach both prompts. Townsfolk runs as it is shipped, with its transcript file.
"""

from __future__ import annotations

import argparse
import logging
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from instant_endpoint import Endpoint, instant_endpoint

from townsfolk.cli.transcript_listener import TranscriptListener
from townsfolk.crews.environment import prepare_environment
from townsfolk.crews.play import Theatre
from townsfolk.crews.setting import Setting
from townsfolk.models.deployments import Choice, Deployment
from townsfolk.models.profile import ModelProfile
from townsfolk.models.routed import RoutedModel
from townsfolk.retrieval.hits import Hits
from townsfolk.retrieval.index import LoreIndex
from townsfolk.store.transcript_file import TranscriptFile
from townsfolk.town.load import load_town
from townsfolk.town.town import Town
from townsfolk.turns.player import ScriptedPlayer
from townsfolk.turns.prompt import fill

SCENE = "overhead"
BEATS = (
    "arrival_challenge",
    "arrival_merchant_hails",
    "arrival_guard_retorts",
    "arrival_oswin_comes",
    "arrival_merchant_presents",
    "haggling_merchant_closes",
)


@dataclass
class RecordingIndex:
    """The search, with its CPU time told apart and its answers kept to be given again."""

    index: LoreIndex
    seconds: float = 0.0
    asked: list[tuple[str, str]] = field(default_factory=list)
    """The NPC and the query of each search."""

    def search(
        self,
        query: str,
        npc: str,
        k: int = 4,
        *,
        language: str | None = None,
        hearers: Iterable[str] = (),
        context: Sequence[str] = (),
    ) -> Hits:
        started = time.process_time()
        hits = self.index.search(query, npc, k, language=language, hearers=hearers, context=context)
        self.seconds += time.process_time() - started
        self.asked.append((npc, query))
        return hits


@dataclass
class Cost:
    """What one way of playing the scene took, a turn."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    search: list[float] = field(default_factory=list)
    calls: float = 0
    tokens: float = 0

    @property
    def own(self) -> float:
        return statistics.median(self.cpu) - statistics.median(self.search)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--profile", choices=["weak", "strong"], default="weak")
    options = parser.parse_args()
    root = Path(__file__).parent.parent
    with tempfile.TemporaryDirectory() as folder, instant_endpoint() as endpoint:
        os.environ["CREWAI_STORAGE_DIR"] = folder
        prepare_environment(root)
        town = _with_scene(load_town(root))
        index = RecordingIndex(LoreIndex(town))
        lore = 2 if options.profile == "weak" else 6
        ours = _townsfolk(town, index, endpoint, options.profile, Path(folder) / "t.json")
        plain = _plain_crewai(town, index, endpoint, lore)
        costs = {"plain CrewAI": Cost(), "Townsfolk": Cost()}
        for number in range(options.rounds + 1):
            for name, play in (("plain CrewAI", plain), ("Townsfolk", ours)):
                _measure(costs[name], play, index, endpoint, keep=number > 0)
    _show(costs, options.profile)


def _with_scene(town: Town) -> Town:
    """The town with the scene of this benchmark, made of beats of the sample's first scene."""
    scene = town.scenes["town_arrival"].model_copy(
        update={"beats": list(BEATS), "present": None, "until": None}
    )
    town.scenes[SCENE] = scene
    last = town.beats[BEATS[-1]]
    town.beats[BEATS[-1]] = last.model_copy(update={"to": "guard", "context": []})
    return town


def _townsfolk(
    town: Town, index: RecordingIndex, endpoint: Endpoint, strength: Any, file: Path
) -> Callable[[], None]:
    profile = ModelProfile(strength=strength, tools=False)
    parameters = {"model": "openai/instant", "api_base": endpoint.url, "api_key": "-"}
    model = RoutedModel(Choice("npc", (Deployment(parameters, profile),)))
    model.warm()
    theatre = Theatre(town, model, index)  # type: ignore[arg-type]
    listener = TranscriptListener(TranscriptFile(file))

    def play() -> None:
        transcript = theatre.play(SCENE, ScriptedPlayer(), Setting("en", 1), [listener])
        assert [turn.origin for turn in transcript.turns] == ["model"] * len(BEATS), [
            turn.faults for turn in transcript.turns
        ]

    return play


def _plain_crewai(
    town: Town, index: RecordingIndex, endpoint: Endpoint, lore: int
) -> Callable[[], None]:
    from crewai import LLM, Agent, Crew, Process, Task
    from crewai.tools import BaseTool

    logging.getLogger("crewai").setLevel(logging.ERROR)
    scene = town.scenes[SCENE]
    llm = LLM(model="openai/instant", base_url=endpoint.url, api_key="-")

    class KnowledgeSearch(BaseTool):
        name: str = "knowledge_search"
        description: str = "Look up what you know of this world."
        npc: str
        queries: list[str]

        def _run(self, query: str) -> str:
            # What Townsfolk looks for in this turn, so that the same lore reaches both.
            hits = index.search(
                self.queries.pop(0), self.npc, lore, language="en", hearers=scene.cast
            )
            return "\n".join(hit.text for hit in hits[:lore])

    def play() -> None:
        agents: dict[str, Any] = {}
        tasks: dict[str, Any] = {}
        for name in scene.cast:
            agent = town.agents[name]
            fields = {
                "name": agent.name("en"),
                "city": agent.persona.city.get("en"),
                "trade": agent.persona.trade.get("en"),
            }
            queries = [
                town.beats[b].description.get("en") for b in BEATS if town.beats[b].agent == name
            ]
            agents[name] = Agent(
                role=fill(agent.entry.role.get("en"), fields),
                goal=fill(agent.entry.goal.get("en"), fields),
                backstory=fill(agent.entry.backstory.get("en"), fields),
                tools=[KnowledgeSearch(npc=name, queries=queries)],
                llm=llm,
                allow_delegation=False,
            )
        for beat_id in BEATS:
            beat = town.beats[beat_id]
            tasks[beat_id] = Task(
                name=beat_id,
                description=beat.description.get("en"),
                expected_output=beat.expected_output.get("en"),
                agent=agents[beat.agent],
                context=[tasks[earlier] for earlier in beat.context if earlier in tasks],
            )
        Crew(
            agents=list(agents.values()), tasks=list(tasks.values()), process=Process.sequential
        ).kickoff()

    return play


def _measure(
    cost: Cost, play: Callable[[], None], index: RecordingIndex, endpoint: Endpoint, keep: bool
) -> None:
    endpoint.counted()
    index.seconds = 0.0
    wall, cpu = time.perf_counter(), time.process_time()
    play()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    counted = endpoint.counted()
    if keep:  # the first round warms up
        turns = len(BEATS)
        cost.wall.append(wall * 1000 / turns)
        cost.cpu.append(cpu * 1000 / turns)
        cost.search.append(index.seconds * 1000 / turns)
        cost.calls = counted.calls / turns
        cost.tokens = counted.prompt_tokens / turns


def _show(costs: dict[str, Cost], profile: str) -> None:
    print(f"a turn, median; Townsfolk with a {profile} model's prompt")
    print(f"{'':14}{'wall ms':>9}{'CPU ms':>9}{'search':>9}{'own CPU':>9}{'calls':>7}{'tokens':>8}")
    for name, cost in costs.items():
        print(
            f"{name:14}{statistics.median(cost.wall):9.1f}{statistics.median(cost.cpu):9.1f}"
            f"{statistics.median(cost.search):9.1f}{cost.own:9.1f}{cost.calls:7.1f}"
            f"{cost.tokens:8.0f}"
        )
    plain, ours = costs["plain CrewAI"], costs["Townsfolk"]
    print(f"ratio of own CPU        {ours.own / plain.own:5.2f}")
    print(f"ratio of prompt tokens  {ours.tokens / plain.tokens:5.2f}")


if __name__ == "__main__":
    main()
