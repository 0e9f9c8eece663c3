"""What is stored is used again only while it is what would be stored now."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from townsfolk.retrieval import build as module
from townsfolk.retrieval.stores.interface import Contents, Store
from townsfolk.retrieval.stores.qdrant import in_memory
from townsfolk.town.lore import EVERYONE, LoreEntry
from townsfolk.town.retrieval_config import RetrievalConfig
from townsfolk.town.texts import Text
from townsfolk.town.town import Town


@pytest.fixture
def ferry(town: Town, tmp_path: Path) -> Town:
    entry = LoreEntry(
        "ferry",
        "place",
        Text(root={"en": "Ferry", "ko": "나룻배"}),
        {"en": "The ferry waits below the mill.", "ko": "달못 아래에서 나룻배가 기다린다."},
        EVERYONE,
    )
    config = town.config.model_copy(update={"protected_names": []})
    return replace(town, root=tmp_path, config=config, lore={"ferry": entry})


def key(town: Town, monkeypatch: pytest.MonkeyPatch) -> str:
    """The key of what is stored of a town."""
    keys: list[str] = []

    def opened(choice: str, root: Path, contents: Contents) -> Store:
        keys.append(contents.key)
        return in_memory(contents, "test")

    monkeypatch.setattr(module, "open_store", opened)
    config = RetrievalConfig(embedding="none")
    module.build(town, config, lambda done, total: None).store.close()
    return keys[0]


def test_what_is_the_same_keeps_its_key(ferry: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    assert key(ferry, monkeypatch) == key(ferry, monkeypatch)


def test_a_name_that_is_kept_whole_changes_the_key(
    ferry: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = key(ferry, monkeypatch)
    config = ferry.config.model_copy(update={"protected_names": ["달못"]})
    assert key(replace(ferry, config=config), monkeypatch) != before


def test_a_text_that_is_cut_in_another_way_changes_the_key(
    ferry: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = key(ferry, monkeypatch)
    monkeypatch.setattr(
        module, "words_for", lambda root, chunks: [f"{chunk.text} cut" for chunk in chunks]
    )
    assert key(ferry, monkeypatch) != before
