"""Look-ups that a strong model makes of its own before it speaks."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from townsfolk.models.interface import Completion, Message, Request, ToolCall
from townsfolk.retrieval.index import LoreIndex
from townsfolk.town.lore import LoreEntry
from townsfolk.turns.answer import lookup_query
from townsfolk.turns.prompt import MAX_LOOKUPS, SEARCH_TOOL, TurnPrompt
from townsfolk.turns.tally import Tally, call


def look_up(
    index: LoreIndex,
    prompt: TurnPrompt,
    request: Request,
    given: tuple[LoreEntry, ...],
    tally: Tally,
) -> Generator[Request, Completion, tuple[Completion, tuple[LoreEntry, ...]]]:
    """An answer after at most `MAX_LOOKUPS` look-ups of the model's own.

    The look-ups go through the same audience filter as everything else.
    """
    native = prompt.profile.tools
    messages = list(request.messages)
    for round_number in range(1, MAX_LOOKUPS + 2):
        may_look_up = round_number <= MAX_LOOKUPS
        completion = yield from call(_with(request, messages, prompt, may_look_up), tally)
        query = _query(completion, native)
        if query is None or not may_look_up:
            return completion, given
        entries = _found(index, prompt, query)
        told = {entry.id for entry in given}
        given = (*given, *(entry for entry in entries if entry.id not in told))
        text = prompt.found(entries, last=round_number == MAX_LOOKUPS)
        asked = _search_call(completion)
        if asked is not None:
            messages.append(Message("assistant", completion.text, (asked,)))
            messages.append(Message("tool", text, tool_call_id=asked.id))
        else:
            messages.append(Message("assistant", f"SEARCH: {query}"))
            messages.append(Message("user", text))
    raise AssertionError("the last round returns")


def _query(completion: Completion, native: bool) -> str | None:
    if not native:
        return lookup_query(completion.text)
    asked = _search_call(completion)
    return str(asked.arguments.get("query", "")) if asked else None


def _search_call(completion: Completion) -> ToolCall | None:
    """The first call of the one tool there is that asks for something.

    A tool that a model made up is not called.
    """
    return next(
        (
            call
            for call in completion.tool_calls
            if call.name == SEARCH_TOOL and str(call.arguments.get("query") or "").strip()
        ),
        None,
    )


def _found(index: LoreIndex, prompt: TurnPrompt, query: str) -> list[LoreEntry]:
    agent, situation = prompt.agent, prompt.situation
    hearers = [name for name in situation.present if name != agent.id]
    hits = index.search(query, agent.id, 4, language=situation.language, hearers=hearers)
    return [hit.entry for hit in hits if hit.entry.tellable_to(situation.present)]


def _with(
    request: Request, messages: list[Message], prompt: TurnPrompt, may_look_up: bool
) -> Request:
    """The request of a round. Asked to look something up, a model cannot be held to a schema."""
    if not may_look_up:
        return replace(request, messages=tuple(messages))
    tools = (prompt.search_tool(),) if prompt.profile.tools else ()
    return replace(request, messages=tuple(messages), schema=None, tools=tools)
