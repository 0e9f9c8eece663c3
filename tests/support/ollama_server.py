"""A loopback server that speaks Ollama's protocol, for whatever stands in for the model behind it.

Behind `/api/chat` stands a `Speaker`: prepared answers, the real embedded model, or a plan of
look-ups before either. As at Ollama, `stream` is true unless a body says otherwise, an error has
the form `{"error": …}`, and a client that hangs up stops the generation.
"""

from __future__ import annotations

import json
import re
import select
import socket
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

from townsfolk.models.embedded import EmbeddedModel
from townsfolk.models.errors import ModelError
from townsfolk.models.interface import Message, Request, ToolCall

Body = dict[str, Any]


@dataclass(frozen=True)
class Piece:
    """A part of an answer; the last one says how it ended."""

    text: str = ""
    calls: tuple[Mapping[str, Any], ...] = ()
    end: Mapping[str, Any] | None = None


Speaker = Callable[[Body], Generator[Piece, None, None]]
"""Answers a chat body piece by piece. Closed before its end, it stops."""

Answer = Callable[[Body], str | int]
"""A chat body → what the model says, or an HTTP status to fail with."""

_SAID = {"done_reason": "stop", "prompt_eval_count": 11, "eval_count": 7}


class Refused(Exception):
    """An answer that is an HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass
class Exchange:
    """A chat request and what became of it."""

    body: Body
    pieces: int = 0
    """How many were generated."""
    end: Mapping[str, Any] = field(default_factory=dict)
    """The last piece's counts."""
    ended: Literal["", "said", "hung up", "refused", "failed"] = ""
    over: threading.Event = field(default_factory=threading.Event)


class OllamaServer(ThreadingHTTPServer):
    """`/api/tags`, `/api/show` and `/api/chat`, on a free port of this machine."""

    daemon_threads = True

    def __init__(self, models: Mapping[str, Body], speaker: Speaker) -> None:
        """`models`: what `/api/show` answers for each name."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.models = dict(models)
        self.speaker = speaker
        self.exchanges: list[Exchange] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def chats(self) -> list[Body]:
        """The bodies of all chat requests."""
        return [exchange.body for exchange in self.exchanges]

    def shown(self, name: str) -> Body | None:
        """What is known of a model; `:latest` need not be written."""
        return self.models.get(name, self.models.get(f"{name}:latest"))


def shown(
    parameters: float = 8e9, context: int = 131_072, *, tools: bool = True, family: str = "llama"
) -> Body:
    """What `/api/show` answers for a model of this size and context, with or without tools."""
    return {
        "details": {"family": family, "parameter_size": f"{parameters / 1e9:.1f}B"},
        "model_info": {
            "general.architecture": family,
            "general.parameter_count": int(parameters),
            f"{family}.context_length": context,
        },
        "capabilities": ["completion", *(["tools"] if tools else [])],
    }


@contextmanager
def ollama_server(models: Mapping[str, Body], speaker: Speaker) -> Iterator[OllamaServer]:
    """The server, running."""
    with serving(OllamaServer(models, speaker)) as server:
        yield server


@contextmanager
def serving(server: OllamaServer) -> Iterator[OllamaServer]:
    """A server while it runs."""
    # Looks often for its end, so that no test waits half a second for it.
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def replaying(answer: Answer) -> Speaker:
    """Says word for word what it is given, also beyond `stop` and `num_predict`."""

    def speak(body: Body) -> Generator[Piece, None, None]:
        said = answer(body)
        if isinstance(said, int):
            raise Refused(said, "made to fail")
        for word in re.findall(r"\S+\s*|\s+", said):
            yield Piece(word)
        yield Piece(end=_SAID)

    return speak


def embedded(model: EmbeddedModel) -> Speaker:
    """The real embedded model. It speaks text: tools that it is offered it does not see."""

    def speak(body: Body) -> Generator[Piece, None, None]:
        request = _request(body)
        with closing(model.stream(request)) as chunks:
            for chunk in chunks:
                if chunk.completion is None:
                    yield Piece(chunk.text)
                    continue
                end = {
                    "done_reason": chunk.completion.finish,
                    "prompt_eval_count": chunk.completion.prompt_tokens,
                    "eval_count": chunk.completion.completion_tokens,
                }
                yield Piece(end=end)

    return speak


def planned_look_ups_then(speaker: Speaker, tool: str, *queries: str) -> Speaker:
    """Look-ups that are planned here, one a round, and then the speaker.

    The embedded model cannot call tools. What is looked up is therefore no model's choice; only
    the words after it are. Where tools are offered a look-up is a tool call, elsewhere the line
    `SEARCH: …`; the model is asked for its own words when the plan is done.
    """

    def speak(body: Body) -> Generator[Piece, None, None]:
        native = bool(body.get("tools"))
        done = sum(
            message["role"] == "tool"
            or (message["role"] == "assistant" and message["content"].startswith("SEARCH:"))
            for message in body["messages"]
        )
        if done >= len(queries):
            yield from speaker(body)
            return
        query = queries[done]
        if native:
            yield Piece(calls=({"function": {"name": tool, "arguments": {"query": query}}},))
        else:
            yield Piece(f"SEARCH: {query}")
        yield Piece(end=_SAID)

    return speak


def _request(body: Body) -> Request:
    """Ollama's body as a request of ours, with Ollama's defaults."""
    options = body.get("options", {})
    return Request(
        messages=tuple(_message(message) for message in body["messages"]),
        max_tokens=options.get("num_predict", 128),
        temperature=options.get("temperature", 0.8),
        stop=tuple(options.get("stop", ())),
        seed=options.get("seed"),
        schema=body.get("format"),
        repeat_penalty=options.get("repeat_penalty", 1.1),
    )


def _message(message: Mapping[str, Any]) -> Message:
    calls = tuple(
        ToolCall(f"call_{index}", call["function"]["name"], call["function"]["arguments"])
        for index, call in enumerate(message.get("tool_calls", ()))
    )
    return Message(message["role"], message.get("content", ""), calls, message.get("tool_call_id"))


class _HungUp(Exception):
    """The client went away."""


class _Handler(BaseHTTPRequestHandler):
    server: OllamaServer
    protocol_version = "HTTP/1.1"
    # Head and body are written apart; the second would wait 40 ms for the first to be acknowledged.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        if self.path != "/api/tags":
            self._send(404, {"error": "404 page not found"})
            return
        rows = [
            {"name": name, "model": name, "details": known.get("details", {})}
            for name, known in self.server.models.items()
        ]
        self._send(200, {"models": rows})

    def do_POST(self) -> None:
        body: Body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        name = str(body.get("model"))
        known = self.server.shown(name)
        if self.path == "/api/chat":
            self._chat(body, known is not None)
        elif known is None:
            self._send(404, _missing(name))
        else:
            self._send(200, known)

    def _chat(self, body: Body, known: bool) -> None:
        exchange = Exchange(body)
        self.server.exchanges.append(exchange)
        try:
            if not known:
                exchange.ended = "refused"
                self._send(404, _missing(body["model"]))
                return
            with closing(self._watched(exchange)) as pieces:
                first = next(pieces)  # raises before anything is sent
                if body.get("stream", True):
                    self._stream(body, first, pieces)
                else:
                    self._whole(body, [first, *pieces])
            exchange.ended = "said"
        except Refused as refusal:
            exchange.ended = "refused"
            self._send(refusal.status, {"error": str(refusal)})
        except (_HungUp, ConnectionError):
            exchange.ended = "hung up"
            self.close_connection = True
        except ModelError as error:
            exchange.ended = "failed"
            self._send(500, {"error": str(error)})
        finally:
            exchange.over.set()

    def _watched(self, exchange: Exchange) -> Generator[Piece, None, None]:
        """The pieces of an answer, as long as somebody wants them."""
        with closing(self.server.speaker(exchange.body)) as pieces:
            for piece in pieces:
                exchange.pieces += 1
                exchange.end = piece.end or {}
                if self._gone():
                    raise _HungUp
                yield piece

    def _gone(self) -> bool:
        """Whether the client closed the connection: there is something to read, and it is empty."""
        readable, _, _ = select.select([self.connection], [], [], 0)
        return bool(readable) and not self.connection.recv(1, socket.MSG_PEEK)

    def _whole(self, body: Body, pieces: list[Piece]) -> None:
        calls = [call for piece in pieces for call in piece.calls]
        text = "".join(piece.text for piece in pieces)
        self._send(200, _row(body, Piece(text, tuple(calls), pieces[-1].end or {})))

    def _stream(self, body: Body, first: Piece, pieces: Iterator[Piece]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self._chunk(_row(body, first))
        try:
            for piece in pieces:
                self._chunk(_row(body, piece))
        except ModelError as error:
            self._chunk({"error": str(error)})
        self.wfile.write(b"0\r\n\r\n")

    def _chunk(self, row: Body) -> None:
        line = _bytes(row) + b"\n"
        self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))

    def _send(self, status: int, body: Body) -> None:
        payload = _bytes(body)
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, format: str, *args: Any) -> None: ...


def _row(body: Body, piece: Piece) -> Body:
    message: Body = {"role": "assistant", "content": piece.text}
    if piece.calls:
        message["tool_calls"] = list(piece.calls)
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    done = piece.end is not None
    return {
        "model": body["model"],
        "created_at": now,
        "message": message,
        "done": done,
        **(piece.end or {}),
    }


def _missing(name: str) -> Body:
    return {"error": f"model '{name}' not found"}


def _bytes(body: Body) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()
