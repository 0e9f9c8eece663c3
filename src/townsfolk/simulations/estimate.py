"""What a batch will take, by what an earlier one of its name took."""

from __future__ import annotations

from collections.abc import Sequence

from townsfolk.simulations.episode import COST
from townsfolk.simulations.plan import Plan
from townsfolk.simulations.run_file import RunFile
from townsfolk.store.database import Database
from townsfolk.store.episodes import total_score
from townsfolk.store.runs import Summary, summaries

_TOKENS = "tokens"


def estimate(read: RunFile, planned: Sequence[Plan]) -> str:
    """How many episodes and turns there are at most."""
    turns = len(planned) * read.limits.turns
    return (
        f"{len(planned)} episodes of at most {read.limits.turns} lines of the player: {turns} NPC "
        f"turns at most, {read.processes * read.concurrency} at a time"
    )


def by_experience(database: Database, name: str, read: RunFile, episodes: int) -> str:
    """Time, tokens and cost as in the newest run of this name; empty where there is none.

    Raises DatabaseError.
    """
    before = _newest(database, name)
    if before is None:
        return ""
    share = episodes / (before.finished + before.failed)
    seconds = share * before.seconds / (read.processes * read.concurrency)
    tokens = share * total_score(database, before.run.id, _TOKENS)
    cost = share * total_score(database, before.run.id, COST)
    return (
        f"about {_duration(seconds)}, {tokens:,.0f} tokens and {cost:.2f} dollars, going by the "
        f"{before.finished + before.failed} episodes of {before.run.id}"
    )


def _newest(database: Database, name: str) -> Summary | None:
    played = (s for s in summaries(database) if s.finished and s.run.kind == "simulation")
    return next((s for s in played if s.run.name == name), None)


def _duration(seconds: float) -> str:
    hours, minutes = divmod(max(1, round(seconds / 60)), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
