"""Which store a town's lore is searched in."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from townsfolk.retrieval.stores.edge import EDGE, EdgeStore, edge_available
from townsfolk.retrieval.stores.interface import Contents, Store, StoreError
from townsfolk.retrieval.stores.qdrant import in_memory, on_server
from townsfolk.town.settings import cache_folder

AUTO = "auto"


def open_store(choice: str, town_root: Path, contents: Contents) -> Store:
    """The server of `QDRANT_URL` where there is one, else what the town chose.

    `auto` is the edge, and memory where it has no wheel or the town's folder cannot be written.

    Raises:
        StoreError: it cannot be opened, and what to do.
    """
    url = os.environ.get("QDRANT_URL", "").strip()
    name = _identifier(town_root)
    if url:
        return on_server(url, contents, name)
    if choice == EDGE or (choice == AUTO and edge_available()):
        try:
            return EdgeStore(cache_folder(town_root) / "edge", contents)
        except StoreError:
            if choice == EDGE:
                raise
    return in_memory(contents, name)


def _identifier(town_root: Path) -> str:
    """A town's name in a server: its folder's name, and a hash of where it lies."""
    readable = re.sub(r"[^A-Za-z0-9]+", "_", town_root.name).strip("_").lower() or "town"
    return f"{readable}_{hashlib.sha256(str(town_root).encode()).hexdigest()[:6]}"
