"""A loopback OpenAI-compatible endpoint without latency, in a process of its own.

Its time is not its caller's, and it counts what reaches it.
"""

from __future__ import annotations

import json
import multiprocessing
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle
from typing import Any
from urllib.request import urlopen

LINES = (
    "Aye, oak, fog, mud or sun.",
    "So be it, by ash and by elm.",
    "Hay is dry, and the sky too.",
    "Not a fox, nor a hen, for me.",
    "You can sit, or go, as you do.",
    "Let us see it, and be on.",
    "Why, the rye is up, and the oat.",
)
"""Words so short that no rule of the guard takes them for names or for a subject."""


@dataclass(frozen=True)
class Counted:
    """What has reached an endpoint."""

    calls: int
    prompt_tokens: int
    tool_results: list[str]


class Endpoint:
    """The address of a running endpoint."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/v1"

    def counted(self) -> Counted:
        """What has reached it since this was last asked."""
        with urlopen(f"{self.url}/counted") as answer:
            return Counted(**json.loads(answer.read()))


@contextmanager
def instant_endpoint() -> Iterator[Endpoint]:
    """An endpoint that says a new short line each time; offered tools, it calls the first, once."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield Endpoint(ours.recv())
    finally:
        process.terminate()
        process.join()


def prompt_tokens(body: dict[str, Any]) -> int:
    """Words and marks of what a model reads: messages, with four for each one's role, and tools.

    A JSON schema is not read: the server's sampler is held to it.
    """
    texts = [message["content"] or "" for message in body["messages"]]
    called = [call for message in body["messages"] for call in message.get("tool_calls") or []]
    texts += [json.dumps(part) for part in [*called, *body.get("tools", [])]]
    return 4 * len(body["messages"]) + sum(len(re.findall(r"\w+|[^\w\s]", t)) for t in texts)


def _serve(pipe: Any) -> None:
    server = _Server(("127.0.0.1", 0), _Handler)
    pipe.send(server.server_address[1])
    server.serve_forever()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self.lines = cycle(LINES)
        self.forget()

    def forget(self) -> None:
        self.calls = 0
        self.tokens = 0
        self.tool_results: list[str] = []


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    """One packet an answer: two would wait for each other's acknowledgement."""

    def do_GET(self) -> None:
        server = self.server
        counted = {"calls": server.calls, "prompt_tokens": server.tokens,
                   "tool_results": server.tool_results}  # fmt: skip
        server.forget()
        self._send(counted)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        server = self.server
        server.calls += 1
        tokens = prompt_tokens(body)
        server.tokens += tokens
        results = [m["content"] for m in body["messages"] if m["role"] == "tool"]
        server.tool_results += results
        message: dict[str, Any] = {"role": "assistant", "content": self._line(body)}
        finish = "stop"
        if body.get("tools") and not results:
            function = {"name": body["tools"][0]["function"]["name"], "arguments": '{"query": "-"}'}
            call = {"id": "call_1", "type": "function", "function": function}
            message = {"role": "assistant", "content": None, "tool_calls": [call]}
            finish = "tool_calls"
        self._send(
            {
                "id": "c", "object": "chat.completion", "created": 0, "model": body["model"],
                "choices": [{"index": 0, "message": message, "finish_reason": finish}],
                "usage": {"prompt_tokens": tokens, "completion_tokens": 8,
                          "total_tokens": tokens + 8},
            }
        )  # fmt: skip

    def _line(self, body: dict[str, Any]) -> str:
        line = next(self.server.lines)
        structured = "response_format" in body
        return json.dumps({"speech": line, "stage": "", "actions": []}) if structured else line

    def _send(self, answer: dict[str, Any]) -> None:
        payload = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, format: str, *args: Any) -> None: ...
