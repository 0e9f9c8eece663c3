"""Langfuse, fed from the store's outbox."""
