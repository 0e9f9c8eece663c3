"""A loopback server that takes models as Ollama does: blobs by their digest, then `/api/create`.

Nothing is made of them. Ollama itself cannot be had in these tests; what is sent is looked at.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Taken:
    """What the server was sent."""

    blobs: dict[str, int] = field(default_factory=dict)
    """Bytes by digest."""
    uploads: int = 0
    created: list[dict[str, Any]] = field(default_factory=list)
    refusal: str = ""
    """What it answers `/api/create` with instead of success."""


@contextmanager
def fake_ollama_create() -> Iterator[tuple[str, Taken]]:
    """Its address, and what it takes."""
    taken = Taken()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(200, {"version": "0.12.0"})

        def do_HEAD(self) -> None:
            self._answer(200 if self._digest in taken.blobs else 404)

        def do_POST(self) -> None:
            content = self._content()
            if self.path == "/api/create":
                self._create(json.loads(content))
                return
            taken.uploads += 1
            found = f"sha256:{hashlib.sha256(content).hexdigest()}"
            if found != self._digest:
                self._answer(400, {"error": f"digest mismatch, expected {self._digest}"})
                return
            taken.blobs[found] = len(content)
            self._answer(201)

        def _create(self, body: dict[str, Any]) -> None:
            taken.created.append(body)
            missing = [
                digest
                for digest in [*body.get("files", {}).values(), *body.get("adapters", {}).values()]
                if digest not in taken.blobs
            ]
            error = taken.refusal or (f"blob {missing[0]} not found" if missing else "")
            end = {"error": error} if error else {"status": "success"}
            lines = [{"status": "parsing GGUF"}, end]
            self._send(200, "\n".join(map(json.dumps, lines)).encode() + b"\n")

        @property
        def _digest(self) -> str:
            return self.path.removeprefix("/api/blobs/")

        def _content(self) -> bytes:
            if self.headers.get("Transfer-Encoding") != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length", 0)))
            content = b""
            while length := int(self.rfile.readline(), 16):
                content += self.rfile.read(length)
                self.rfile.readline()
            self.rfile.readline()
            return content

        def _answer(self, status: int, body: dict[str, Any] | None = None) -> None:
            self._send(status, json.dumps(body).encode() if body is not None else b"")

        def _send(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", taken
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
