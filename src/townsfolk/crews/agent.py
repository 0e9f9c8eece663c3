"""CrewAI agents that speak without CrewAI's executor."""

from __future__ import annotations

from typing import Any

from crewai import Agent


class FastAgent(Agent):
    """An agent whose task is one call of its model.

    CrewAI's executor is a flow of some 26 thread hops around that one call. These two methods are
    private in CrewAI 1.15.30; a test holds what we rely on, and `executor="stock"` does without.
    """

    def create_agent_executor(self, tools: Any = None, task: Any = None) -> None:
        """Nothing: there is no executor to build."""

    def _execute_without_timeout(self, task_prompt: str, task: Any) -> Any:
        llm: Any = self.llm
        return llm.call(task_prompt, from_task=task, from_agent=self)

    async def _aexecute_without_timeout(self, task_prompt: str, task: Any) -> Any:
        llm: Any = self.llm
        return await llm.acall(task_prompt, from_task=task, from_agent=self)
