"""What belongs to a line of a transcript, told beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from townsfolk.simulations.report.shown import figure
from townsfolk.store.records import Score
from townsfolk.town.transcript import GameAction, Turn

_ORIGINS = {"authored": "authored line", "fallback": "fallback line", "say": "said as written"}


def notes(turn: Turn, scores: Iterable[Score]) -> Iterator[str]:
    """Where the line comes from, what it did, what it rests on and what it cost; its scores."""
    if turn.origin in _ORIGINS:
        yield _ORIGINS[turn.origin]
    if turn.intent:
        yield f"meant: {turn.intent}"
    yield from map(_action, turn.game_actions)
    if turn.citations:
        yield f"rests on {', '.join(turn.citations)}"
    if turn.lore:
        yield f"was given {', '.join(turn.lore)}"
    if turn.calls:
        many = "calls" if turn.calls > 1 else "call"
        yield f"{turn.calls} {many}, {turn.prompt_tokens} + {turn.completion_tokens} tokens"
    if turn.origin != "player":
        yield f"{figure(turn.timing.seconds)} s"
    yield from (told(score) for score in scores if score.turn == turn.number)


def told(score: Score) -> str:
    """A score with its reason."""
    reason = f" ({score.reason})" if score.reason else ""
    return f"{score.name} {figure(score.value)}{reason}"


def _action(action: GameAction) -> str:
    arguments = ", ".join(f"{name}={value}" for name, value in action.arguments.items())
    verdict = "" if action.accepted else f", rejected: {action.reason}"
    return f"action {action.name}({arguments}){verdict}"
