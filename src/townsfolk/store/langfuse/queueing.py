"""Queueing what is to be sent to Langfuse: an episode when it is written, or a run later."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from sqlalchemy import Connection, select

from townsfolk.store.database import Database
from townsfolk.store.episodes import read_episode
from townsfolk.store.langfuse.score_configs import fault_of
from townsfolk.store.langfuse.scores import score_events
from townsfolk.store.langfuse.settings import LangfuseSettings
from townsfolk.store.outbox import Item, put
from townsfolk.store.records import Episode, Run
from townsfolk.store.schema import episodes, runs
from townsfolk.store.tracing.otlp import messages
from townsfolk.store.tracing.traces import traces


def queue_episode(connection: Connection, episode: Episode, settings: LangfuseSettings) -> int:
    """Queue what an episode has to send, and give how much is new. Raises DatabaseError."""
    run = connection.execute(select(runs).where(runs.c.id == episode.run_id)).one()
    items = _items(Run(*run), episode, settings)
    return put(connection, episode.id, items, settings.target)


def queue_stored(database: Database, run_id: str | None, settings: LangfuseSettings) -> int:
    """Queue the episodes of a run, or all, that are in the store; gives how much is new.

    Raises DatabaseError.
    """
    query = select(episodes.c.id).order_by(episodes.c.started_at, episodes.c.id)
    if run_id is not None:
        query = query.where(episodes.c.run_id == run_id)
    with database.reading() as connection:
        found = connection.scalars(query).all()
    new = 0
    for episode_id in found:
        episode = read_episode(database, episode_id)
        with database.writing() as connection:
            new += queue_episode(connection, episode, settings)
    return new


def is_start_of_trace(item_id: str) -> bool:
    """Whether an item holds the first spans of a trace, and not more of them."""
    return item_id.startswith("spans:") and item_id.endswith(":0")


def _items(run: Run, episode: Episode, settings: LangfuseSettings) -> Iterator[Item]:
    for trace in traces(run, episode):
        for key, message in messages(trace, settings.environment):
            hashed = sha256(message).hexdigest()
            yield Item(f"spans:{trace.id}:{key}", "spans", hashed, message)
    for event in score_events(episode, settings.environment):
        fault = fault_of(event.score)
        yield Item(f"score:{event.id}", "score", event.event_id, event.payload, fault)
