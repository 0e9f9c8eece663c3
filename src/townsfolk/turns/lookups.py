"""Look-ups that a strong model makes of its own before it speaks."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from townsfolk.models.interface import Completion, Message, Request
from townsfolk.retrieval.index import LoreIndex
from townsfolk.town.lore import LoreEntry
from townsfolk.turns.answer import lookup_query
from townsfolk.turns.prompt import MAX_LOOKUPS, TurnPrompt
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
        completion = yield from call(
            _with(request, messages, prompt if native and may_look_up else None), tally
        )
        query = _query(completion, native)
        if query is None or not may_look_up:
            return completion, given
        entries = _found(index, prompt, query)
        given = (*given, *(entry for entry in entries if entry not in given))
        text = prompt.found(entries, last=round_number == MAX_LOOKUPS)
        if native:
            asked = completion.tool_calls[0]
            messages.append(Message("assistant", completion.text, (asked,)))
            messages.append(Message("tool", text, tool_call_id=asked.id))
        else:
            messages.append(Message("assistant", f"SEARCH: {query}"))
            messages.append(Message("user", text))
    raise AssertionError("the last round returns")


def _query(completion: Completion, native: bool) -> str | None:
    if native:
        asked = completion.tool_calls[0] if completion.tool_calls else None
        return str(asked.arguments.get("query", "")) if asked else None
    return lookup_query(completion.text)


def _found(index: LoreIndex, prompt: TurnPrompt, query: str) -> list[LoreEntry]:
    agent, situation = prompt.agent, prompt.situation
    hearers = [name for name in situation.present if name != agent.id]
    hits = index.search(query[:500], agent.id, situation.language, 4, hearers)
    return [hit.entry for hit in hits]


def _with(request: Request, messages: list[Message], prompt: TurnPrompt | None) -> Request:
    """The request of a look-up round: tools and a schema exclude each other on most servers."""
    tools = (prompt.search_tool(),) if prompt else ()
    return replace(request, messages=tuple(messages), schema=None, tools=tools)
