"""A loopback server that says the bytes it is told to, whether they are HTTP or not."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Reply = Callable[[socket.socket], None]


class RawServer:
    """Takes one request a connection, notes its body, and lets `reply` answer."""

    def __init__(self, reply: Reply | bytes) -> None:
        self._reply = reply
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.bodies: list[dict[str, Any]] = []
        self.broken = threading.Event()
        """Set when the other side closed the connection before everything was said."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:  # closed
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def close(self) -> None:
        # Closing alone does not wake the thread that waits for a connection.
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            try:
                self.bodies.append(_body(connection))
                if isinstance(self._reply, bytes):
                    connection.sendall(self._reply)
                else:
                    self._reply(connection)
            except OSError:
                self.broken.set()


@contextmanager
def raw_server(reply: Reply | bytes) -> Iterator[RawServer]:
    """The server, running."""
    server = RawServer(reply)
    threading.Thread(target=server.serve, daemon=True).start()
    try:
        yield server
    finally:
        server.close()


def http(body: Any, kind: str = "application/json") -> bytes:
    """A whole HTTP answer; what is not bytes is said as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return head(len(content), kind) + content


def head(length: int, kind: str = "application/json") -> bytes:
    """The beginning of an HTTP answer of so many bytes."""
    return (
        f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n"
        "Connection: close\r\n\r\n"
    ).encode()


def _body(connection: socket.socket) -> dict[str, Any]:
    with connection.makefile("rb") as lines:
        length = 0
        while header := lines.readline().strip().lower():
            if header.startswith(b"content-length:"):
                length = int(header.partition(b":")[2])
        body: dict[str, Any] = json.loads(lines.read(length) or b"{}")
        return body
