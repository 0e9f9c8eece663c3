"""A loopback server that speaks Cohere's rerank protocol, v1 and v2."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Body = dict[str, Any]
Answer = Callable[[Body], Any]


class RerankServer(ThreadingHTTPServer):
    """Answers each call with what a function makes of its body; a number is an HTTP status."""

    daemon_threads = True

    def __init__(self, answer: Answer, delay: float = 0.0) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer
        self.delay = delay
        self.calls: list[tuple[str, str, Body]] = []
        """Path, authorization and body of each call."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: RerankServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.calls.append((self.path, self.headers.get("Authorization", ""), body))
        time.sleep(self.server.delay)
        answer = self.server.answer(body)
        failed = isinstance(answer, int)
        said = {"message": "refused"} if failed else answer
        content = said if isinstance(said, bytes) else json.dumps(said).encode()
        self.send_response(answer if failed else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        # Who no longer waits has hung up.
        with suppress(ConnectionError):
            self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None: ...


def by_shared_words(body: Body) -> Body:
    """A sound answer: best first, as Cohere gives it."""
    asked = set(body["query"].lower().split())
    rows = [
        {"index": index, "relevance_score": len(asked & set(text.lower().split())) / len(asked)}
        for index, text in enumerate(body["documents"])
    ]
    rows.sort(key=lambda row: -row["relevance_score"])
    return {"id": "1", "results": rows[: body.get("top_n") or None]}


@contextmanager
def rerank_server(answer: Answer = by_shared_words, delay: float = 0.0) -> Iterator[RerankServer]:
    """The server, running."""
    server = RerankServer(answer, delay)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
