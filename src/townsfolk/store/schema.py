"""The tables of the store.

A change here wants a migration in `migrations/versions`; a test holds the two together.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_TIME = String(32)
"""ISO 8601 in UTC: sorts as it reads, on every database alike."""

runs = Table(
    "runs",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("name", String(200), nullable=False),
    Column("town", String(200), nullable=False),
    Column("release", String(64), nullable=False),
    Column("inputs", JSON, nullable=False),
    Column("planned", Integer, nullable=False),
    Column("created_at", _TIME, nullable=False),
    Index("ix_runs_created_at", "created_at"),
)

episodes = Table(
    "episodes",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), nullable=False),
    Column("key", String(64), nullable=False),
    Column("scene", String(200), nullable=False),
    Column("player", String(200), nullable=False),
    Column("language", String(8), nullable=False),
    Column("model", String(400), nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("status", String(16), nullable=False),
    Column("error", Text, nullable=False),
    Column("turns", Integer, nullable=False),
    Column("faults", Integer, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("started_at", _TIME, nullable=False),
    Column("finished_at", _TIME, nullable=False),
    Column("transcript", JSON, nullable=False),
    UniqueConstraint("run_id", "key"),
)

turns = Table(
    "turns",
    metadata,
    Column("episode_id", ForeignKey("episodes.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("speaker", String(200), nullable=False),
    Column("origin", String(16), nullable=False),
    Column("turn", JSON, nullable=False),
)

scores = Table(
    "scores",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("episode_id", ForeignKey("episodes.id", ondelete="CASCADE"), nullable=False),
    Column("turn", Integer),
    Column("name", String(100), nullable=False),
    Column("value", Float, nullable=False),
    Column("reason", Text, nullable=False),
    Column("evaluator", String(100), nullable=False),
    Column("version", String(64), nullable=False),
    Index("ix_scores_episode_id", "episode_id"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", String(100), primary_key=True),
    # No foreign key: what was sent stays known when an episode is written again.
    Column("episode_id", String(64), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("size", Integer, nullable=False),
    Column("state", String(8), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("target", String(400), nullable=False),
    Column("queued_at", _TIME, nullable=False),
    Column("held_until", Float, nullable=False),
    Index("ix_outbox_episode_id", "episode_id"),
    Index("ix_outbox_state", "state", "tries", "queued_at"),
)
