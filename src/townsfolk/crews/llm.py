"""CrewAI's language model: the NPC turn behind CrewAI's interface."""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from typing import Any

from crewai import BaseLLM, Crew
from crewai.events.types.llm_events import LLMCallType
from crewai.llms.base_llm import llm_call_context
from pydantic import PrivateAttr

from townsfolk.crews.events import EventLog
from townsfolk.models.errors import ModelError
from townsfolk.models.interface import Completer, Completion, Model, Request
from townsfolk.models.profile import ModelProfile
from townsfolk.town.transcript import Turn

NOT_PLAYED = "…"
"""What CrewAI gets for a beat that was left out; it accepts no empty answer."""


Speak = Callable[[str, Completer], Turn | None]
"""Plays the turn of a task with a model; None when it is left out."""


class StageLLM(BaseLLM):
    """Answers a CrewAI task by playing its turn on the stage.

    CrewAI's own prompt is not used: the turn in `turns/` makes the only one, so that a scene says
    the same with CrewAI's executor as with ours. Each model call is still CrewAI's to observe.
    """

    _speak: Speak = PrivateAttr()
    _source: Model = PrivateAttr()
    _raised: BaseException | None = PrivateAttr(default=None)
    _events: EventLog = PrivateAttr(default_factory=EventLog)

    def __init__(self, speak: Speak, model: Model) -> None:
        super().__init__(model=model.name, provider="townsfolk")
        self._speak = speak
        self._source = model

    @property
    def events(self) -> EventLog:
        """What CrewAI has told of the crew that speaks through this model."""
        return self._events

    def call(
        self,
        messages: Any,
        tools: Any = None,
        callbacks: Any = None,
        available_functions: Any = None,
        from_task: Any = None,
        from_agent: Any = None,
        response_model: Any = None,
    ) -> str:
        """The spoken line of the task's turn."""
        if from_task is None or not from_task.name:
            raise ValueError("a stage is asked only for tasks that are named after their turns")
        if self._raised is not None:
            return NOT_PLAYED
        observed = _Observed(self._source, self, from_task, from_agent)
        try:
            turn = self._speak(from_task.name, observed)
        except BaseException as error:
            # CrewAI asks again after some errors, and wraps others; the turn is not to be played
            # twice, so none goes through it.
            self._raised = error
            return NOT_PLAYED
        return turn.speech if turn is not None else NOT_PLAYED

    def perform(self, crew: Crew) -> None:
        """Run a crew that speaks through this model; raises what the stage has raised.

        In a context of its own: CrewAI keeps a stack of open events in context variables, and a
        crew that is interrupted leaves its own behind; after a hundred of them none runs any more.
        """
        contextvars.copy_context().run(crew.kickoff)
        if self._raised is not None:
            raise self._raised

    async def acall(self, *args: Any, **kwargs: Any) -> str:
        """The spoken line of the task's turn."""
        import asyncio

        return await asyncio.to_thread(self.call, *args, **kwargs)

    def supports_function_calling(self) -> bool:
        """No: the turn makes its own look-ups."""
        return False

    def get_input_tokens_count(
        self, messages: Any, tools: Any = None, response_model: Any = None
    ) -> int:
        """None: CrewAI's own prompt is not sent, so none of it can be too long."""
        return 0

    def get_context_window_size(self) -> int:
        """Tokens of the model's context."""
        return self._source.profile.context


class _Observed:
    """A model whose calls are CrewAI events."""

    def __init__(self, model: Model, llm: StageLLM, task: Any, agent: Any) -> None:
        self._model = model
        self._llm = llm
        self._task = task
        self._agent = agent

    @property
    def name(self) -> str:
        return self._model.name

    @property
    def profile(self) -> ModelProfile:
        return self._model.profile

    def complete(self, request: Request) -> Completion:
        origin = {"from_task": self._task, "from_agent": self._agent}
        messages: Any = [message.to_openai() for message in request.messages]
        with llm_call_context():
            self._llm._emit_call_started_event(messages, **origin)
            try:
                completion = self._model.complete(request)
            except ModelError as error:
                self._llm._emit_call_failed_event(str(error), **origin)
                raise
            usage = {
                "prompt_tokens": completion.prompt_tokens,
                "completion_tokens": completion.completion_tokens,
                "total_tokens": completion.prompt_tokens + completion.completion_tokens,
            }
            self._llm._emit_call_completed_event(
                completion.text, LLMCallType.LLM_CALL, messages=messages, usage=usage, **origin
            )
            return completion
