"""CrewAI agents and crews without what a scene has no use for.

What is overridden here is private in CrewAI 1.15.30; a test holds what we rely on, and
`executor="stock"` does without it.
"""

from __future__ import annotations

from typing import Any

from crewai import Agent, Crew
from pydantic import PrivateAttr


class FastAgent(Agent):
    """An agent whose task is one call of its model.

    CrewAI's executor is a flow of some 26 thread hops around that one call.
    """

    def create_agent_executor(self, tools: Any = None, task: Any = None) -> None:
        """Nothing: there is no executor to build."""

    def _execute_without_timeout(self, task_prompt: str, task: Any) -> Any:
        llm: Any = self.llm
        return llm.call(task_prompt, from_task=task, from_agent=self)

    async def _aexecute_without_timeout(self, task_prompt: str, task: Any) -> Any:
        llm: Any = self.llm
        return await llm.acall(task_prompt, from_task=task, from_agent=self)


class FastCrew(Crew):
    """A crew that keeps no log of its tasks' outputs: the transcript is that log.

    CrewAI writes each output to a database, for `crewai replay`, with a lock between processes.
    """

    _task_output_handler: Any = PrivateAttr(default_factory=lambda: NoOutputLog())

    def _prepare_tools(self, agent: Any, task: Any, tools: Any) -> Any:
        """The task's tools, of which there are none; CrewAI looks for files in an event loop."""
        return tools


class NoOutputLog:
    """What CrewAI asks of its log of outputs, and nothing of it is done."""

    def reset(self) -> None:
        """Nothing."""

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Nothing."""

    def load(self) -> None:
        """Nothing was kept."""
