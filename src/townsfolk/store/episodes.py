"""Writing and reading episodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, select

from townsfolk.store.database import Database
from townsfolk.store.errors import DatabaseError
from townsfolk.store.langfuse.errors import LangfuseError
from townsfolk.store.langfuse.settings import langfuse_settings
from townsfolk.store.outbox import take_out
from townsfolk.store.reading import whole_episodes
from townsfolk.store.records import Episode, Score, digest
from townsfolk.store.schema import episodes, scores, turns
from townsfolk.town.transcript import Turn


@dataclass(frozen=True, slots=True)
class Outline:
    """An episode without its turns, as a list shows it."""

    id: str
    run_id: str
    key: str
    scene: str
    player: str
    language: str
    model: str
    seed: int
    status: str
    error: str
    turns: int
    faults: int
    seconds: float
    started_at: str


def write_episode(database: Database, episode: Episode) -> None:
    """Write an episode with its turns and scores, all in one transaction.

    What an earlier try left of it is replaced. Where Langfuse is set up, what is to be sent there
    is queued with it.

    Raises:
        DatabaseError: nothing of it was written.
        LangfuseError: Langfuse is set up wrongly; the episode was written, and nothing was queued.
    """
    wrong: LangfuseError | None = None
    with database.writing() as connection:
        connection.execute(delete(episodes).where(episodes.c.id == episode.id))
        connection.execute(episodes.insert().values(_row(episode)))
        if rows := [_turn_row(episode.id, turn) for turn in episode.transcript.turns]:
            connection.execute(turns.insert(), rows)
        if rows := [_score_row(episode.id, score) for score in episode.scores]:
            connection.execute(scores.insert(), rows)
        try:
            _queue(connection, episode)
        except LangfuseError as error:
            # What was played is not to be lost; it can be queued later.
            wrong = error
    if wrong is not None:
        raise wrong


def finished_keys(database: Database, run_id: str) -> frozenset[str]:
    """The keys of a run's episodes that need not be played again. Raises DatabaseError."""
    query = select(episodes.c.key).where(episodes.c.run_id == run_id)
    with database.reading() as connection:
        return frozenset(connection.scalars(query))


def outlines(database: Database, run_id: str) -> Sequence[Outline]:
    """The episodes of a run in the order in which they began. Raises DatabaseError."""
    columns = [episodes.c[name] for name in Outline.__dataclass_fields__]
    query = select(*columns).where(episodes.c.run_id == run_id)
    with database.reading() as connection:
        found = connection.execute(query.order_by(episodes.c.started_at, episodes.c.id))
        return [Outline(*row) for row in found]


def total_score(database: Database, run_id: str, name: str) -> float:
    """The sum of a score of whole episodes over a run. Raises DatabaseError."""
    of_run = scores.join(episodes, episodes.c.id == scores.c.episode_id)
    query = select(func.coalesce(func.sum(scores.c.value), 0.0)).select_from(of_run)
    query = query.where(episodes.c.run_id == run_id, scores.c.name == name, scores.c.turn.is_(None))
    with database.reading() as connection:
        return float(connection.scalar(query) or 0.0)


def read_episode(database: Database, beginning: str) -> Episode:
    """The episode whose id begins so.

    Raises:
        DatabaseError: there is none, or more than one, or the store cannot be read.
    """
    query = select(episodes).where(episodes.c.id.startswith(beginning, autoescape=True)).limit(2)
    with database.reading() as connection:
        found = connection.execute(query).all()
        if len(found) == 1:
            return next(whole_episodes(connection, found))
    many = "more than one episode whose id begins with" if found else "no episode"
    raise DatabaseError(f"the store {database.place} has {many} {beginning!r}; see: townsfolk runs")


def _queue(connection: Connection, episode: Episode) -> None:
    if (settings := langfuse_settings()) is None:
        take_out(connection, episode.id)
        return
    # Protobuf is imported only where something is sent.
    from townsfolk.store.langfuse.queueing import queue_episode

    queue_episode(connection, episode, settings)


def _row(episode: Episode) -> dict[str, Any]:
    transcript = episode.transcript
    return {
        "id": episode.id,
        "run_id": episode.run_id,
        "key": episode.key,
        "scene": transcript.scene,
        "player": episode.player,
        "language": transcript.language,
        "model": transcript.model,
        "seed": transcript.seed,
        "status": transcript.status,
        "error": episode.error,
        "turns": len(transcript.turns),
        "faults": sum(len(turn.faults) for turn in transcript.turns),
        "seconds": episode.seconds,
        "started_at": transcript.started_at,
        "finished_at": episode.finished_at,
        "transcript": transcript.model_dump(mode="json", exclude={"turns"}),
    }


def _turn_row(episode_id: str, turn: Turn) -> dict[str, Any]:
    return {
        "episode_id": episode_id,
        "number": turn.number,
        "speaker": turn.speaker,
        "origin": turn.origin,
        "turn": turn.model_dump(mode="json"),
    }


def _score_row(episode_id: str, score: Score) -> dict[str, Any]:
    named = (score.name, score.evaluator, score.version, str(score.turn))
    return {
        "id": digest(episode_id, *named)[:32],
        "episode_id": episode_id,
        "turn": score.turn,
        "name": score.name,
        "value": score.value,
        "reason": score.reason,
        "evaluator": score.evaluator,
        "version": score.version,
    }
