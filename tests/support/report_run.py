"""Runs made by hand, whose figures can be computed by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from tests.support.episodes import NOW
from townsfolk.store.database import Database
from townsfolk.store.episodes import write_episode
from townsfolk.store.records import Episode, Run, Score, digest
from townsfolk.store.runs import add_run
from townsfolk.store.schema import episodes as episode_table
from townsfolk.store.schema import scores as score_table
from townsfolk.store.schema import turns as turn_table
from townsfolk.town.transcript import Origin, Timing, Transcript, Turn

SIMULATION = "simulation"


def ask(speech: str = "How much is the toll?", intent: str = "ask_price") -> Turn:
    """A line of the player; its number is set by the conversation."""
    return Turn(
        number=0, speaker="player", name="Stranger", speech=speech, origin="player", intent=intent
    )


def answer(
    speech: str = "Two silver, stranger.",
    *,
    npc: str = "guard",
    seconds: float = 1.0,
    first: float | None = 0.25,
    retrieval: float = 0.5,
    origin: Origin = "model",
    **rest: Any,
) -> Turn:
    """An NPC's line; said as written it costs no call, else one."""
    timing = Timing(seconds=seconds, first_token_seconds=first, retrieval_seconds=retrieval)
    called = origin != "say"
    return Turn(
        number=0, speaker=npc, name=rest.pop("name", npc.title()), speech=speech, origin=origin,
        calls=int(called), prompt_tokens=100 * called, completion_tokens=10 * called,
        timing=timing, **rest,
    )  # fmt: skip


def conversation(
    of: Run,
    key: str,
    turns: Sequence[Turn] = (),
    scores: Mapping[str, float] | None = None,
    *,
    player: str = "haggler",
    goal: str = "buy",
    errors: str = "",
    language: str = "en",
    status: str = "finished",
    error: str = "",
) -> Episode:
    """An episode of these lines. `errors`: the reason of the score `player_errors`."""
    transcript = Transcript.model_validate(
        {
            "town": "Osmere", "scene": "chat:guard", "title": "Doran", "language": language,
            "model": "tiny", "prompt_version": "npc-turn/5", "seed": 1, "player": "simulated",
            "status": status, "started_at": NOW,
        }
    )  # fmt: skip
    transcript.turns = [
        turn.model_copy(update={"number": number}) for number, turn in enumerate(turns, start=1)
    ]
    reasons = {"goal_reached": goal, "player_errors": errors}
    given = [
        Score(name, value, reasons.get(name, ""), SIMULATION, "1")
        for name, value in (scores or {}).items()
    ]
    return Episode(of.id, key, player, transcript, 2.0, NOW, error=error, scores=(*given,))


def failed(of: Run, key: str, error: str) -> Episode:
    """An episode that could not be played."""
    return conversation(of, key, status="failed", error=error)


def fill(database: Database, run: Run, episodes: Iterable[Episode]) -> None:
    """Put a run with all of its episodes into a store."""
    add_run(database, run)
    for episode in episodes:
        write_episode(database, episode)


def multiply(database: Database, times: int) -> None:
    """Put copies of all episodes into a store, in one transaction: thousands in a moment."""
    with database.writing() as connection:
        found = {
            table.name: [dict(row._mapping) for row in connection.execute(select(table))]
            for table in (episode_table, turn_table, score_table)
        }
        for copy in range(1, times):
            ids: dict[str, str] = {}
            for row in found["episodes"]:
                key = f"{row['key']}/{copy}"
                ids[row["id"]] = digest(row["run_id"], key)[:16]
                copied = {**row, "id": ids[row["id"]], "key": key}
                connection.execute(episode_table.insert(), copied)
            for table, own in ((turn_table, ()), (score_table, ("id",))):
                copies = [
                    {**row, **{name: f"{row[name]}/{copy}" for name in own},
                     "episode_id": ids[row["episode_id"]]}
                    for row in found[table.name]
                ]  # fmt: skip
                connection.execute(table.insert(), copies)
