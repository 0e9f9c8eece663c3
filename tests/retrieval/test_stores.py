"""The stores: one answer from each, and never half an index."""

from __future__ import annotations

import http.server
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from qdrant_client import QdrantClient

from townsfolk.retrieval.allowed import Allowed
from townsfolk.retrieval.stores.copying import copy_sparse
from townsfolk.retrieval.stores.edge import EdgeStore
from townsfolk.retrieval.stores.interface import DENSE, LEXICAL, Contents, Store, StoreError, Terms
from townsfolk.retrieval.stores.opening import open_store
from townsfolk.retrieval.stores.qdrant import QdrantStore, in_memory

NUMBER = 300
ALL = Allowed(("*:all",))


def contents(key: str = "k1", number: int = NUMBER) -> Contents:
    """Points with random vectors; every third is for the guard only, every fifth a secret."""
    random = np.random.default_rng(7)
    terms = []
    for _ in range(number):
        indices = np.unique(random.integers(0, 400, 12)).tolist()
        terms.append(Terms(indices, random.uniform(0.5, 2, len(indices)).tolist()))
    rows = random.normal(size=(number, 16)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    payloads: list[dict[str, Any]] = []
    for point in range(number):
        who = "guard" if point % 3 == 0 else "all"
        secret = point % 5 == 0
        payloads.append(
            {
                "chunk": str(point),
                "told_to": [] if secret else [f"*:{who}"],
                "shared_by": ["*:guard", "*:clerk"] if secret else [],
                "valid_from": 100 if point % 7 == 0 else 0,
                "valid_to": 10**15,
            }
        )
    return Contents(key, {LEXICAL: terms}, rows, payloads)


def queries() -> dict[str, Any]:
    held = contents()
    assert held.dense is not None
    return {DENSE: held.dense[4], LEXICAL: held.sparse[LEXICAL][4]}


@pytest.fixture(params=["memory", "edge"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened: Store
    if request.param == "edge":
        pytest.importorskip("qdrant_edge")
        opened = EdgeStore(tmp_path / "edge", contents())
    else:
        opened = in_memory(contents(), "test")
    yield opened
    opened.close()


def test_the_point_itself_is_found_first(store: Store) -> None:
    legs = store.search(queries(), ALL, 10)
    assert [legs[name][0][0] for name in (DENSE, LEXICAL)] == [4, 4]
    assert legs[DENSE][0][1] == pytest.approx(1.0, abs=1e-3)


def test_only_what_is_allowed_is_found(store: Store) -> None:
    legs = store.search(queries(), ALL, NUMBER)
    assert {point for leg in legs.values() for point, _ in leg} <= {
        point for point in range(NUMBER) if point % 3 and point % 5
    }
    guard = store.search(queries(), Allowed(("*:all", "*:guard")), NUMBER)
    assert {point for point, _ in guard[DENSE]} == {p for p in range(NUMBER) if p % 5}


def test_secrets_are_found_where_all_share_them(store: Store) -> None:
    shared = Allowed(("*:all", "*:guard"), ("*:guard", "*:clerk"))
    assert len(store.search(queries(), shared, NUMBER)[DENSE]) == NUMBER
    overheard = Allowed(("*:all", "*:guard"), ("*:guard", "*:merchant"))
    found = {point for point, _ in store.search(queries(), overheard, NUMBER)[DENSE]}
    assert all(point % 5 for point in found)


def test_what_is_not_true_yet_is_not_found(store: Store) -> None:
    found = {p for p, _ in store.search(queries(), Allowed(("*:all",), (), 50), NUMBER)[DENSE]}
    assert found
    assert all(point % 7 for point in found)


def test_memory_and_edge_give_one_answer(tmp_path: Path) -> None:
    pytest.importorskip("qdrant_edge")
    memory, edge = in_memory(contents(), "test"), EdgeStore(tmp_path / "edge", contents())
    one, other = memory.search(queries(), ALL, 20), edge.search(queries(), ALL, 20)
    for name in (DENSE, LEXICAL):
        assert [point for point, _ in one[name]] == [point for point, _ in other[name]]
        assert [score for _, score in one[name]] == pytest.approx(
            [score for _, score in other[name]], rel=1e-2, abs=1e-3
        )


def test_several_processes_may_read_one_edge(tmp_path: Path) -> None:
    """Two handles at once: each searches a copy."""
    pytest.importorskip("qdrant_edge")
    one, two = (EdgeStore(tmp_path / "edge", contents()) for _ in range(2))
    assert one.search(queries(), ALL, 5) == two.search(queries(), ALL, 5)
    one.close()
    assert two.search(queries(), ALL, 5)[DENSE]


def test_an_old_edge_is_removed_and_a_half_one_is_never_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("qdrant_edge")
    folder = tmp_path / "edge"
    monkeypatch.setattr("townsfolk.retrieval.stores.edge._point", _interrupting(150))
    with pytest.raises(KeyboardInterrupt):
        EdgeStore(folder, contents("old"))
    assert list(folder.iterdir()) == []
    monkeypatch.undo()
    EdgeStore(folder, contents("old")).close()
    EdgeStore(folder, contents("new")).close()
    assert [path.name for path in folder.iterdir()] == ["new"]


def test_an_edge_whose_shard_is_removed_meanwhile_is_built_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process with newer contents removes what it no longer knows."""
    pytest.importorskip("qdrant_edge")
    calls = []

    def removing_once(source: str, *further: Any, **options: Any) -> str:
        if Path(source).name == "k1":
            calls.append(source)
            if len(calls) == 1:
                shutil.rmtree(source)
        return str(copy_tree(source, *further, **options))

    copy_tree = shutil.copytree
    monkeypatch.setattr("townsfolk.retrieval.stores.edge.shutil.copytree", removing_once)
    assert EdgeStore(tmp_path / "edge", contents()).search(queries(), ALL, 5)[DENSE]
    assert len(calls) == 2


def test_what_a_killed_build_left_is_removed_in_time(tmp_path: Path) -> None:
    pytest.importorskip("qdrant_edge")
    for name, age in (("old.part", 7200), ("new.part", 60)):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    EdgeStore(tmp_path, contents()).close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["k1", "new.part"]


def test_an_open_edge_holds_no_files_that_a_kill_would_leave(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("qdrant_edge")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    store = EdgeStore(tmp_path / "edge", contents())
    assert list((tmp_path / "temporary").iterdir()) == []
    assert store.search(queries(), ALL, 5)[DENSE]


def test_auto_is_the_edge_and_memory_where_it_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("qdrant_edge")
    monkeypatch.delenv("QDRANT_URL", raising=False)
    held = contents(number=3)
    assert isinstance(open_store("auto", tmp_path, held), EdgeStore)
    file = tmp_path / "file"
    file.write_text("no folder")
    assert isinstance(open_store("auto", file, held), QdrantStore)
    with pytest.raises(StoreError, match="cannot be written"):
        open_store("edge", file, held)


def test_auto_is_memory_where_the_edge_has_no_wheel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("QDRANT_URL", raising=False)
    monkeypatch.setattr("townsfolk.retrieval.stores.opening.edge_available", lambda: False)
    assert isinstance(open_store("auto", tmp_path, contents(number=3)), QdrantStore)


def test_a_copy_keeps_what_a_file_holds_and_its_holes(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    size = 64 << 20
    with source.open("wb") as file:
        file.write(b"begin")
        file.seek(32 << 20)
        file.write(bytes(range(256)) * 8192)
        file.truncate(size)
    copy_sparse(source, target)
    assert target.read_bytes() == source.read_bytes()
    if hasattr(os, "SEEK_DATA"):
        assert target.stat().st_blocks <= source.stat().st_blocks


def test_an_empty_file_is_copied(tmp_path: Path) -> None:
    (tmp_path / "source").touch()
    copy_sparse(tmp_path / "source", tmp_path / "target")
    assert (tmp_path / "target").read_bytes() == b""


def test_a_half_collection_is_built_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a server, where what an interrupted build left stays."""
    client = QdrantClient(":memory:")
    monkeypatch.setattr("townsfolk.retrieval.stores.qdrant._point", _interrupting(280))
    with pytest.raises(KeyboardInterrupt):
        QdrantStore(client, contents(), "test", "memory")
    assert client.count("townsfolk_test_k1").count == 256
    monkeypatch.undo()
    whole = QdrantStore(client, contents(), "test", "memory")
    assert client.count("townsfolk_test_k1").count == NUMBER
    assert whole.search(queries(), ALL, 5)[DENSE]


def test_a_whole_collection_is_used_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    client = QdrantClient(":memory:")
    QdrantStore(client, contents(), "test", "memory")
    monkeypatch.setattr("townsfolk.retrieval.stores.qdrant._point", _interrupting(0))
    assert QdrantStore(client, contents(), "test", "memory").search(queries(), ALL, 5)[DENSE]


def test_a_server_that_is_away_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QDRANT_URL", "http://127.0.0.1:9")
    with pytest.raises(StoreError, match=r"127\.0\.0\.1:9 does not answer.*unset QDRANT_URL"):
        open_store("memory", tmp_path, contents(number=3))


def test_a_server_that_is_no_qdrant_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>It works</html>")

        def log_message(self, format: str, *arguments: Any) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("QDRANT_URL", f"http://127.0.0.1:{server.server_port}")
        with pytest.raises(StoreError, match="does not answer as it should"):
            open_store("memory", tmp_path, contents(number=3))
        server.shutdown()


def _interrupting(after: int) -> Any:
    """Makes points until it is interrupted, as by Ctrl-C."""
    from townsfolk.retrieval.stores import edge, qdrant

    originals: dict[int, Any] = {3: edge._point, 2: qdrant._point}
    made = 0

    def point(*arguments: Any) -> Any:
        nonlocal made
        made += 1
        if made > after:
            raise KeyboardInterrupt
        return originals[len(arguments)](*arguments)

    return point
