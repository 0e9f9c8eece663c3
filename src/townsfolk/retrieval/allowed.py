"""Who may be told what: the part of every query that no caller can leave out."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from townsfolk.retrieval.chunks import Chunk
from townsfolk.town.catalogue import ALL

ANY_LANGUAGE = "*"
_FOREVER = 10**15


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a search may find: for whom, before whom, in which language, at which story time."""

    told_to: tuple[str, ...]
    """Open lore is found by any of these keys, `LANGUAGE:WHO`."""
    shared_by: tuple[str, ...] = ()
    """Confidential lore is found where it has all of these keys; none where nothing is shared."""
    now: int | None = None
    """Story time; None where nothing is dated."""


def allowed(
    npc: str | None,
    hearers: Iterable[str],
    language: str | None,
    now: int | None,
    insiders: Collection[str],
) -> Allowed:
    """What may be found for an NPC, or for nobody in particular: then only what all may know.

    The player shares no secret, so where anybody listens who is no insider nothing confidential
    is found.
    """
    spoken = language or ANY_LANGUAGE
    if npc is None:
        return Allowed((f"{spoken}:{ALL}",), (), now)
    everyone = sorted({npc, *hearers})
    shared = everyone if all(name in insiders for name in everyone) else []
    return Allowed(
        (f"{spoken}:{ALL}", f"{spoken}:{npc}"), tuple(f"{spoken}:{name}" for name in shared), now
    )


def payload(chunk: Chunk) -> dict[str, Any]:
    """What the filter looks at, of one chunk.

    Local Qdrant looks at every condition of every point, so audience and language are one key.
    """
    entry = chunk.entry
    keys = [
        f"{language}:{who}"
        for language in (*chunk.serves, ANY_LANGUAGE)
        for who in sorted(entry.audience)
    ]
    return {
        "chunk": chunk.id,
        "told_to": [] if entry.confidential else keys,
        "shared_by": keys if entry.confidential else [],
        "valid_from": entry.valid_from if entry.valid_from is not None else 0,
        "valid_to": entry.valid_to if entry.valid_to is not None else _FOREVER,
    }


def conditions(allowed: Allowed, models: Any, between: Any) -> Any:
    """The filter of a query, from the classes of `qdrant_client.models` or of `qdrant_edge`.

    `between` makes a range of their kind: it takes `gte` and `lte`.
    """
    told = models.FieldCondition(key="told_to", match=models.MatchAny(any=list(allowed.told_to)))
    may_say: Any = told
    if allowed.shared_by:
        shared = [
            models.FieldCondition(key="shared_by", match=models.MatchValue(value=key))
            for key in allowed.shared_by
        ]
        may_say = models.Filter(should=[told, models.Filter(must=shared)])
    if allowed.now is None:
        return models.Filter(must=[may_say])
    return models.Filter(
        must=[
            may_say,
            models.FieldCondition(key="valid_from", range=between(lte=allowed.now)),
            models.FieldCondition(key="valid_to", range=between(gte=allowed.now)),
        ]
    )
