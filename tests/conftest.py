"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

# Its threads wait for each other busily: where other work shares the cores, one is the fastest.
os.environ.setdefault("TOWNSFOLK_THREADS", "1")

import pytest

from townsfolk.retrieval.index import LoreIndex
from townsfolk.town.load import load_town
from townsfolk.town.town import Town


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the repository, which is the sample town."""
    return Path(__file__).parent.parent


@pytest.fixture(scope="session")
def town(repository: Path) -> Town:
    """The sample town."""
    return load_town(repository)


@pytest.fixture(scope="session")
def index(town: Town) -> LoreIndex:
    """The sample town's lore, with embeddings."""
    return LoreIndex(town)
