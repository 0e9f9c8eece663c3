"""A CrewAI crew for one scene, built fresh from validated data."""

from __future__ import annotations

from crewai import Agent, Crew, Process, Task

from townsfolk.crews.agent import FastAgent
from townsfolk.crews.llm import StageLLM
from townsfolk.crews.setting import Executor
from townsfolk.town.scenes import Scene
from townsfolk.town.town import Town
from townsfolk.turns.prompt import fill


def build_crew(
    town: Town, scene: Scene, language: str, llm: StageLLM, executor: Executor = "fast"
) -> Crew:
    """The scene's beats as tasks, in order, each done by its NPC.

    Nothing is shared between two crews: CrewAI keeps counters and caches on agents and tasks.
    """
    agents = {
        name: _agent(town, name, language, llm, executor)
        for name in dict.fromkeys(town.beats[beat].agent for beat in scene.beat_ids())
    }
    tasks: dict[str, Task] = {}
    for beat_id in scene.beat_ids():
        beat = town.beats[beat_id]
        tasks[beat_id] = Task(
            # CrewAI finds tasks again by their text, so it has to be unique.
            name=beat_id,
            description=f"{beat.description.get(language)} ({beat_id})",
            expected_output=beat.expected_output.get(language),
            agent=agents[beat.agent],
            context=[tasks[earlier] for earlier in beat.context],
        )
    return Crew(
        agents=list(agents.values()),
        tasks=list(tasks.values()),
        process=Process.sequential,
        memory=False,
        planning=False,
        cache=False,
        verbose=False,
        tracing=False,
    )


def _agent(town: Town, name: str, language: str, llm: StageLLM, executor: Executor) -> Agent:
    agent = town.agents[name]
    persona, entry = agent.persona, agent.entry
    fields = {
        "name": agent.name(language),
        "city": persona.city.get(language),
        "trade": persona.trade.get(language),
    }
    shape = FastAgent if executor == "fast" else Agent
    return shape(
        role=f"{agent.name(language)}, {fill(entry.role.get(language), fields)}",
        goal=fill(entry.goal.get(language), fields),
        backstory=fill(entry.backstory.get(language), fields),
        llm=llm,
        allow_delegation=False,
        verbose=False,
        max_iter=1,
        max_retry_limit=0,
    )
