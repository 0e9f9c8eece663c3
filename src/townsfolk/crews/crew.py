"""CrewAI crews for a scene or a turn, built fresh from validated data."""

from __future__ import annotations

from collections.abc import Sequence

from crewai import Agent, Crew, Process, Task

from townsfolk.crews.fast import FastAgent, FastCrew
from townsfolk.crews.llm import StageLLM
from townsfolk.crews.setting import Executor
from townsfolk.town.beats import Beat
from townsfolk.town.town import Town
from townsfolk.turns.part import Part
from townsfolk.turns.prompt import fill


def script_crew(
    town: Town, beat_ids: Sequence[str], language: str, llm: StageLLM, executor: Executor = "fast"
) -> Crew:
    """Beats as tasks, in order, each done by its NPC.

    Nothing is shared between two crews: CrewAI keeps counters and caches on agents and tasks.
    """
    agents = {
        name: _agent(town, name, language, llm, executor)
        for name in dict.fromkeys(town.beats[beat].agent for beat in beat_ids)
    }
    tasks: dict[str, Task] = {}
    for beat_id in beat_ids:
        beat = town.beats[beat_id]
        context = [tasks[earlier] for earlier in beat.context if earlier in tasks]
        tasks[beat_id] = _task(beat_id, beat, agents[beat.agent], language, context)
    return _crew(list(agents.values()), list(tasks.values()), executor)


def turn_crew(
    town: Town, part: Part, name: str, language: str, llm: StageLLM, executor: Executor = "fast"
) -> Crew:
    """One NPC with one task, of this name: a turn of a scene that is not scripted."""
    agent = _agent(town, part.agent.id, language, llm, executor)
    return _crew([agent], [_task(name, part.beat, agent, language, [])], executor)


def _task(name: str, beat: Beat, agent: Agent, language: str, context: list[Task]) -> Task:
    return Task(
        # CrewAI finds tasks again by their text, so it has to be unique.
        name=name,
        description=f"{beat.description.get(language)} ({name})",
        expected_output=beat.expected_output.get(language),
        agent=agent,
        context=context,
    )


def _crew(agents: list[Agent], tasks: list[Task], executor: Executor) -> Crew:
    shape = FastCrew if executor == "fast" else Crew
    return shape(
        agents=agents,
        tasks=tasks,
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
