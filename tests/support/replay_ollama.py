"""A loopback server that speaks Ollama's protocol and gives prepared answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[[dict[str, Any]], str | int]
"""A chat body → what the model says, or an HTTP status to fail with."""


class ReplayOllama(ThreadingHTTPServer):
    """`/api/tags`, `/api/show` and `/api/chat`, on a free port of this machine."""

    daemon_threads = True

    def __init__(self, models: dict[str, dict[str, Any]], answer: Answer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.models = models
        self.answer = answer
        self.chats: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


LLAMA: dict[str, Any] = {
    "details": {"parameter_size": "8.0B"},
    "model_info": {"llama.context_length": 131072, "general.parameter_count": 8.0e9},
    "capabilities": ["completion", "tools"],
}


@contextmanager
def replay_ollama(
    answer: Answer, models: dict[str, dict[str, Any]] | None = None
) -> Iterator[ReplayOllama]:
    """The server, running."""
    server = ReplayOllama({"llama3.1:latest": LLAMA} if models is None else models, answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: ReplayOllama
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        names = [{"name": name} for name in self.server.models]
        self._send(200, {"models": names} if self.path == "/api/tags" else {})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/api/show":
            known = {
                name.removesuffix(":latest"): shown for name, shown in self.server.models.items()
            }
            name = str(body.get("model")).removesuffix(":latest")
            self._send(200 if name in known else 404, known.get(name, {"error": "not found"}))
            return
        self.server.chats.append(body)
        said = self.server.answer(body)
        if isinstance(said, int):
            self._send(said, {"error": "made to fail"})
            return
        counts = {"prompt_eval_count": 11, "eval_count": 7, "done_reason": "stop"}
        head = {"model": body["model"], "created_at": "2026-01-01T00:00:00Z"}
        if not body.get("stream"):
            message = {"role": "assistant", "content": said}
            self._send(200, {**head, "message": message, "done": True, **counts})
            return
        lines = [
            {**head, "message": {"role": "assistant", "content": word}, "done": False}
            for word in said.split(" ")
        ]
        lines.append(
            {**head, "message": {"role": "assistant", "content": ""}, "done": True, **counts}
        )
        payload = "".join(json.dumps(line) + "\n" for line in lines).encode()
        self._send_bytes(200, payload, "application/x-ndjson")

    def _send(self, status: int, body: dict[str, Any]) -> None:
        self._send_bytes(status, json.dumps(body).encode(), "application/json")

    def _send_bytes(self, status: int, payload: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, format: str, *args: Any) -> None: ...
