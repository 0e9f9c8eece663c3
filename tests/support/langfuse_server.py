"""A Langfuse server that keeps what it is sent, and misbehaves when it is told to.

It decodes what the real one decodes, keeps traces and scores by their ids, and answers as versions
3 and 4 do.
"""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue

from townsfolk.store.langfuse.settings import LangfuseSettings

PUBLIC_KEY, SECRET_KEY = "pk-lf-test", "sk-lf-test"


@dataclass(frozen=True)
class Reply:
    """What a request is answered with."""

    status: int
    body: Any = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


class Cut(Exception):
    """The connection ends in the middle of the answer."""


Trouble = Callable[[str, bytes], Reply | None]
"""Looks at the path and the body of a request; gives the answer, or None: all is well."""


class FakeLangfuse(ThreadingHTTPServer):
    """The server, its records, and its troubles."""

    daemon_threads = True

    def __init__(self, version: str, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.version = version
        self.spans: dict[str, dict[str, Any]] = {}
        """By span id: name, trace, parent, start, end, and its attributes."""
        self.times_sent: dict[str, int] = {}
        """How often each span and each score event was taken."""
        self.scores: dict[str, dict[str, Any]] = {}
        self.score_configs: list[dict[str, Any]] = []
        self.prompts: dict[str, list[dict[str, Any]]] = {}
        self.datasets: set[str] = set()
        self.dataset_items: dict[str, dict[str, Any]] = {}
        self.requests: list[tuple[str, int]] = []
        """The path and the size of each request."""
        self.before: list[Trouble] = []
        """Troubles before anything is kept; each is asked in turn."""
        self.after: list[Trouble] = []
        """Troubles after everything is kept."""
        self.refused_events: dict[str, tuple[int, str]] = {}
        """Names of scores, with the status and the words with which each is answered."""
        self._lock = threading.Lock()

    @property
    def settings(self) -> LangfuseSettings:
        """How to reach it."""
        address = f"http://127.0.0.1:{self.server_address[1]}"
        return LangfuseSettings(address, PUBLIC_KEY, SECRET_KEY)

    @property
    def traces(self) -> dict[str, list[dict[str, Any]]]:
        """The spans of each trace."""
        found: dict[str, list[dict[str, Any]]] = {}
        for span in self.spans.values():
            found.setdefault(span["trace"], []).append(span)
        return found

    @property
    def sessions(self) -> set[str]:
        """The sessions that spans and scores name."""
        named = {span["attributes"].get("session.id") for span in self.spans.values()}
        named |= {score.get("sessionId") for score in self.scores.values()}
        return {name for name in named if name}

    def posts(self, path: str) -> int:
        """How many requests came to a path."""
        return sum(asked.startswith(path) for asked, _ in self.requests)

    def answer(self, method: str, path: str, body: bytes, key: str) -> Reply:
        """What a request gets. Raises Cut."""
        parts = urlsplit(path)
        with self._lock:
            self.requests.append((parts.path, len(body)))
        if parts.path == "/api/public/health":
            return Reply(200, {"status": "OK", "version": self.version})
        if key != base64.b64encode(f"{PUBLIC_KEY}:{SECRET_KEY}".encode()).decode():
            return Reply(401, {"message": "Invalid credentials. Confirm that you've configured…"})
        for trouble in self.before:
            if (reply := trouble(parts.path, body)) is not None:
                return reply
        with self._lock:
            reply = self._take(method, parts.path, parse_qs(parts.query), body)
        for trouble in self.after:
            if (instead := trouble(parts.path, body)) is not None:
                return instead
        return reply

    def _take(self, method: str, path: str, query: dict[str, list[str]], body: bytes) -> Reply:
        if path == "/api/public/otel/v1/traces":
            return self._take_spans(body)
        content = json.loads(body) if body else {}
        if path == "/api/public/ingestion":
            return self._take_events(content["batch"])
        if path == "/api/public/score-configs":
            return self._score_configs(method, query, content)
        if path.startswith("/api/public/v2/prompts"):
            return self._prompts(method, path, content)
        if path == "/api/public/v2/datasets":
            self.datasets.add(content["name"])
            return Reply(200, {"id": content["name"], "name": content["name"]})
        if path == "/api/public/dataset-items" and content.get("datasetName") in self.datasets:
            self.dataset_items[content["id"]] = content
            return Reply(200, content)
        return Reply(404, {"message": "not found"})

    def _take_spans(self, body: bytes) -> Reply:
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            for scope in resource.scope_spans:
                for span in scope.spans:
                    id_ = span.span_id.hex()
                    self.times_sent[id_] = self.times_sent.get(id_, 0) + 1
                    self.spans[id_] = {
                        "id": id_, "name": span.name, "trace": span.trace_id.hex(),
                        "parent": span.parent_span_id.hex(), "start": span.start_time_unix_nano,
                        "end": span.end_time_unix_nano,
                        "attributes": {a.key: _value(a.value) for a in span.attributes},
                    }  # fmt: skip
        # Version 3 gives the job that it queued.
        return Reply(200, {"name": "otel-ingestion-job"} if self.version < "4" else {})

    def _take_events(self, batch: list[dict[str, Any]]) -> Reply:
        successes, errors = [], []
        seen: set[str] = set()
        for event in batch:
            scored = event["body"]
            if scored["name"] in self.refused_events:
                status, words = self.refused_events[scored["name"]]
                errors.append({"id": event["id"], "status": status, "message": words})
                continue
            assert event["type"] == "score-create"
            assert scored["id"] not in seen, "sent twice in one batch, the first value would stay"
            seen.add(scored["id"])
            self.times_sent[event["id"]] = self.times_sent.get(event["id"], 0) + 1
            self.scores[scored["id"]] = {**scored, "timestamp": event["timestamp"]}
            successes.append({"id": event["id"], "status": 201})
        return Reply(207, {"successes": successes, "errors": errors})

    def _score_configs(self, method: str, query: dict[str, list[str]], content: Any) -> Reply:
        if method == "POST":
            self.score_configs.append(content)
            return Reply(200, content)
        page, limit = int(query["page"][0]), 3
        shown = self.score_configs[(page - 1) * limit : page * limit]
        pages = -(-len(self.score_configs) // limit)
        return Reply(200, {"data": shown, "meta": {"page": page, "totalPages": pages}})

    def _prompts(self, method: str, path: str, content: Any) -> Reply:
        if method == "POST":
            versions = self.prompts.setdefault(content["name"], [])
            versions.append({**content, "version": len(versions) + 1})
            return Reply(201, versions[-1])
        name = unquote(path.removeprefix("/api/public/v2/prompts/"))
        if name not in self.prompts:
            return Reply(404, {"error": "LangfuseNotFoundError", "message": "Prompt not found"})
        return Reply(200, self.prompts[name][-1])


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FakeLangfuse

    def do_GET(self) -> None:
        self._do("GET")

    def do_POST(self) -> None:
        self._do("POST")

    def _do(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        key = self.headers.get("authorization", "").removeprefix("Basic ")
        try:
            reply = self.server.answer(method, self.path, body, key)
        except Cut:
            self.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{")
            self.close_connection = True
            return
        content = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        self.send_response(reply.status)
        headers = {"content-type": "application/json", **reply.headers}
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def fake_langfuse(version: str = "4.16.0", port: int = 0) -> Iterator[FakeLangfuse]:
    """The server, running."""
    server = FakeLangfuse(version, port)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def once(trouble: Trouble) -> Trouble:
    """A trouble that comes only once."""
    left = [trouble]
    return lambda path, body: left.pop()(path, body) if left else None


def hanging(seconds: float) -> Trouble:
    """Answers only after so many seconds."""

    def hang(path: str, body: bytes) -> None:
        time.sleep(seconds)

    return hang


def larger_than(size: int) -> Trouble:
    """Refuses bodies of more bytes."""
    return lambda path, body: Reply(413, b"too large") if len(body) > size else None


def holding(text: str, reply: Reply) -> Trouble:
    """Refuses bodies that hold a text."""
    return lambda path, body: reply if text.encode() in body else None


def cut(path: str, body: bytes) -> Reply | None:
    """Ends the connection in the middle of the answer."""
    raise Cut


def _value(value: AnyValue) -> Any:
    if value.HasField("array_value"):
        return [_value(one) for one in value.array_value.values]
    return value.string_value
