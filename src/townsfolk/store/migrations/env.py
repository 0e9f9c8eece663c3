"""Runs migrations on the connection that the store has open."""

from __future__ import annotations

from alembic import context

from townsfolk.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite changes tables by making new ones.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
