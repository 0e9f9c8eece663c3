"""Ids of traces and observations: the same for the same turn, however often it is sent.

They are those of Langfuse's own SDK: `create_trace_id(seed="EPISODE:TURN")` gives the id of a
turn's trace, so that a script can find it without asking.
"""

from __future__ import annotations

from hashlib import sha256


def trace_id(episode_id: str, turn: int) -> str:
    """The trace of a turn: 16 bytes, hexadecimal."""
    return _hashed(f"{episode_id}:{turn}")[:32]


def observation_id(episode_id: str, turn: int, part: str) -> str:
    """One observation of a turn's trace: 8 bytes, hexadecimal."""
    return _hashed(f"{episode_id}:{turn}:{part}")[:16]


def _hashed(seed: str) -> str:
    return sha256(seed.encode()).hexdigest()
