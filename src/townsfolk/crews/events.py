"""What CrewAI tells of its work: its events, paired into spans for the transcript."""

from __future__ import annotations

from typing import Any

from crewai.events import (
    AgentExecutionCompletedEvent,
    AgentExecutionErrorEvent,
    AgentExecutionStartedEvent,
    LLMCallCompletedEvent,
    LLMCallFailedEvent,
    LLMCallStartedEvent,
    TaskCompletedEvent,
    TaskFailedEvent,
    TaskStartedEvent,
    ToolUsageErrorEvent,
    ToolUsageFinishedEvent,
    ToolUsageStartedEvent,
    crewai_event_bus,
)
from crewai.events.base_events import BaseEvent

from townsfolk.town.transcript import CrewSpan

_BEGIN = {
    TaskStartedEvent: "task",
    AgentExecutionStartedEvent: "agent",
    LLMCallStartedEvent: "llm_call",
    ToolUsageStartedEvent: "tool",
}
_END = (
    TaskCompletedEvent,
    TaskFailedEvent,
    AgentExecutionCompletedEvent,
    AgentExecutionErrorEvent,
    LLMCallCompletedEvent,
    LLMCallFailedEvent,
    ToolUsageFinishedEvent,
    ToolUsageErrorEvent,
)


class EventLog:
    """The events of one crew; CrewAI's threads write to it, in any order."""

    def __init__(self) -> None:
        self._heard: list[BaseEvent] = []

    def hear(self, event: BaseEvent) -> None:
        """Keep an event."""
        self._heard.append(event)

    def spans(self) -> list[CrewSpan]:
        """What was begun and ended, in the order in which it began."""
        begun = {event.event_id: event for event in self._heard if type(event) in _BEGIN}
        found = [
            _span(begun[event.started_event_id], event)
            for event in self._heard
            if isinstance(event, _END) and event.started_event_id in begun
        ]
        return sorted(found, key=lambda span: (span.began, -span.seconds))


def _span(first: BaseEvent, last: BaseEvent) -> CrewSpan:
    return CrewSpan(
        name=_BEGIN[type(first)],
        task=first.task_name or getattr(getattr(first, "task", None), "name", None) or "",
        began=first.timestamp.timestamp(),
        seconds=(last.timestamp - first.timestamp).total_seconds(),
        error=str(getattr(last, "error", None) or ""),
    )


def _heard(source: Any, event: BaseEvent) -> None:
    """Tell the log of the crew that an event belongs to, where it has one.

    The bus is one for the whole process; tasks and agents lead to the model, which is the crew's
    own.
    """
    agent = getattr(source, "agent", None) or source
    log = getattr(getattr(agent, "llm", None) or agent, "events", None)
    if isinstance(log, EventLog):
        log.hear(event)


for _kind in (*_BEGIN, *_END):
    crewai_event_bus.register_handler(_kind, _heard)  # type: ignore[arg-type]
