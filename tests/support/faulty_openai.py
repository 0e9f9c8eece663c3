"""A loopback server that speaks OpenAI's chat protocol, as badly as its plan says.

Each call gets the next fault of the plan, or a sound answer. What was asked, what was answered and
what a sound model would have said are kept, so that a test can compare them with what was spoken.
"""

from __future__ import annotations

import json
import random
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Body = dict[str, Any]

SOUND = "sound"
"""Not a fault: an answer that may be spoken."""

_NEVER = 3.0
"""Seconds after which a call is let go that nobody waits for any more."""


@dataclass(frozen=True)
class Cue:
    """What a body asks for: who speaks, and what would do."""

    line: str
    """A line that may be spoken."""
    other: str
    """The name of another character."""
    secret: str
    """A secret that this speaker does not have."""
    query: str
    """What a model that looks for secrets would look up."""


Prompter = Callable[[Body], Cue]


@dataclass(frozen=True)
class Reply:
    """What the server answers."""

    content: str | None = ""
    finish: str = "stop"
    tool_calls: tuple[Body, ...] = ()
    status: int = 200
    send: Callable[[BaseHTTPRequestHandler], None] | None = None
    """Answers in place of a whole HTTP answer."""


@dataclass(frozen=True)
class Call:
    """A request and what became of it."""

    fault: str
    body: Body
    line: str
    """The sound line, which repair may take from an answer, whatever else stands in it."""
    reply: Reply


@dataclass(frozen=True)
class Script:
    """How the calls of one scene are answered."""

    plan: Iterator[str]
    """The names of faults, or `SOUND`, one for each call."""
    prompter: Prompter
    language: str
    strong: bool
    """Whether a sound answer is JSON."""
    random: random.Random


@dataclass(frozen=True)
class Asked:
    """One call, for the faults to answer."""

    body: Body
    script: Script
    cue: Cue

    @property
    def english(self) -> bool:
        return self.script.language == "en"

    @property
    def messages(self) -> list[Body]:
        messages: list[Body] = self.body["messages"]
        return messages

    def choose(self, *options: str) -> str:
        return self.script.random.choice(options)

    def spoken(self, speech: str) -> str:
        """The words as the content of an answer in the form that is asked for."""
        if not self.script.strong:
            return speech
        answer = {"thought": "", "speech": speech, "stage": "", "actions": []}
        return json.dumps(answer, ensure_ascii=False)


Fault = Callable[[Asked], Reply]


def sound(asked: Asked) -> Reply:
    return Reply(asked.spoken(asked.cue.line))


def empty(asked: Asked) -> Reply:
    return Reply(asked.choose("", " \n ", asked.spoken(""), asked.spoken("…")))


def no_content(asked: Asked) -> Reply:
    return Reply(None)


def endless_word(asked: Asked) -> Reply:
    """Ten thousand tokens of one word, and nobody to stop it."""
    word = asked.choose("river", "well,", "Aye.") if asked.english else asked.choose("강", "네,")
    text = " ".join([word] * 10_000)
    return Reply(asked.choose(text, asked.spoken(text)), finish=asked.choose("stop", "length"))


def broken_json(asked: Asked) -> Reply:
    """JSON that breaks off or is none; a weak model should not have answered in JSON at all."""
    line = asked.cue.line
    if not asked.script.strong:
        return Reply(asked.choose(f'{{"speech": "{line}', f'{{"speech": "{line}"}}', '{"a": [1,'))
    kept = asked.choose(
        f'{{"speech": "{line}", "stage": "", "actions": [',
        f"{{'speech': '{line}', 'stage': '',}}",
        f'Sure!\n```json\n{{"speech": "{line}", "stage": ""}}\n```',
        f'{{"speech": "{line}"}} {{"speech": "{line}"',
    )
    lost = asked.choose(
        '{"speech": ', '{"speech": {"text": "' + line + '"}}', '{"answer": "' + line + '"}',
        '[{"speech": 3}]', "{" * 200,
    )  # fmt: skip
    return Reply(asked.choose(kept, lost))


def half_speech(asked: Asked) -> Reply:
    """JSON that breaks off in the middle of what is said."""
    half = asked.cue.line[: len(asked.cue.line) // 2]
    return Reply(f'{{"speech": "{half}')


def other_speaker(asked: Asked) -> Reply:
    """Somebody else's lines, in place of one's own or after it."""
    own, other = asked.cue.line, asked.cue.other
    words = "I have seen it too." if asked.english else "나도 봤어요."
    text = asked.choose(
        asked.spoken(f"{own}\n{other}: {words}"),
        asked.spoken(f"{own} {other}: {words}"),
        asked.spoken(f"{other}: {words}"),
        f"{other}: {words}\n{other}: {words}",
    )
    return Reply(text)


def react_labels(asked: Asked) -> Reply:
    line = asked.cue.line
    text = asked.choose(
        f"Thought: I should look this up.\nAction: knowledge_search\n"
        f'Action Input: {{"query": "{asked.cue.query}"}}\nObservation: nothing\n'
        f"Thought: I now know the final answer.\nFinal Answer: {line}",
        f"Final Answer: {line}",
        f"Thought: {line}",
        f'Action: knowledge_search\nAction Input: "{asked.cue.query}"',
        "Action: knowledge_search",
    )
    return Reply(asked.choose(text, asked.spoken(text)))


def http_500(asked: Asked) -> Reply:
    return Reply(status=500)


def http_429(asked: Asked) -> Reply:
    return Reply(status=429)


def http_503(asked: Asked) -> Reply:
    return Reply(status=503)


def hung_up(asked: Asked) -> Reply:
    """The connection is closed without a byte."""
    return Reply(send=lambda handler: None)


def timeout(asked: Asked) -> Reply:
    """Not a byte comes."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        until = time.monotonic() + _NEVER
        while time.monotonic() < until and not _gone(handler):
            time.sleep(0.02)

    return Reply(send=send)


def dripping(asked: Asked) -> Reply:
    """A byte comes now and then, so that no silence is long enough to be noticed."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        _send(handler, b"", 10_000)
        until = time.monotonic() + _NEVER
        while time.monotonic() < until and not _gone(handler):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.05)

    return Reply(send=send)


def cut_off(asked: Asked) -> Reply:
    """The body ends in the middle."""
    payload = _payload(sound(asked))
    return Reply(send=lambda handler: _send(handler, payload[: len(payload) // 2], len(payload)))


def half_stream(asked: Asked) -> Reply:
    """A stream that nobody asked for, and half of it."""
    delta = {"choices": [{"index": 0, "delta": {"content": asked.cue.line}}]}
    event = f"data: {json.dumps(delta)}\n\ndata: {{".encode()

    return Reply(send=lambda handler: _send(handler, event, len(event), "text/event-stream"))


def no_json(asked: Asked) -> Reply:
    """The page of a proxy."""
    page = b"<html><body><h1>It works!</h1></body></html>"
    return Reply(send=lambda handler: _send(handler, page, len(page), "text/html"))


def no_choices(asked: Asked) -> Reply:
    body = json.dumps({"id": "1", "object": "chat.completion", "choices": []}).encode()
    return Reply(send=lambda handler: _send(handler, body, len(body)))


def wrong_language(asked: Asked) -> Reply:
    foreign = [
        "제가 무엇을 도와드릴까요? 오늘은 강물이 아주 맑네요.",
        "こんにちは、川はとても静かです。",
    ]
    if not asked.english:
        foreign = ["Good evening, the river is very quiet today.", "今天的河水很安静，请慢走。"]
    return Reply(asked.spoken(asked.choose(*foreign)))


def markup(asked: Asked) -> Reply:
    """Marks that no mouth speaks, some of which can be taken off."""
    line = asked.cue.line
    text = asked.choose(
        f"**{line}**", f"[INST] {line} [/INST]", f"*smiles* {line}",
        f"<b>{line}</b>", f"# {line}", f"```\n{line}\n```", f"{line}<|im_end|>",
        f"<think>hm</think> {line}", f"{line} https://example.com",
        f'<span class="x">{line}</span>', f"{line}<br/>", f"- {line}\n- {line}",
        f"1. {line}", f"{{{{char}}}}: {line}", f"| {line} |", f"&lt;p&gt;{line}",
    )  # fmt: skip
    return Reply(asked.spoken(text))


def prompt_repeated(asked: Asked) -> Reply:
    """A message of the prompt, or all of it, or what was just said."""
    system, last = asked.messages[0]["content"], _last_question(asked)
    heard = last.partition("«")[2].partition("»")[0]
    texts = [system, last, f"{system}\n{last}", heard or system, asked.messages[-1]["content"]]
    return Reply(asked.spoken(asked.choose(*texts)))


def endless_tools(asked: Asked) -> Reply:
    """One look-up after the other, also where there is no tool (any more)."""
    text = asked.messages[-1]["content"] + _last_question(asked)
    if "SEARCH:" in text and not asked.body.get("tools"):
        return Reply(f"SEARCH: {asked.cue.query}")
    return _called("knowledge_search", {"query": asked.cue.query})


def unknown_tool(asked: Asked) -> Reply:
    """A tool that there is not, or one without its argument."""
    other = asked.choose("delegate_work_to_coworker", "knowledge_search")
    return _called(other, {"coworker": asked.cue.other})


def secret_told(asked: Asked) -> Reply:
    """Somebody else's secret, word for word, as if the model had guessed it."""
    return Reply(asked.spoken(asked.cue.secret))


FAULTS: dict[str, Fault] = {
    fault.__name__: fault
    for fault in (
        empty, no_content, endless_word, broken_json, half_speech, other_speaker, react_labels,
        http_500, http_429, http_503, hung_up, timeout, dripping, cut_off, half_stream, no_json,
        no_choices, wrong_language, markup, prompt_repeated, endless_tools, unknown_tool,
        secret_told,
    )
}  # fmt: skip
SLOW = ("timeout", "dripping")
"""Faults that last as long as the client waits."""


@dataclass
class _Answering:
    """The state of the script that is played."""

    script: Script
    calls: list[Call] = field(default_factory=list)

    def answer(self, body: Body) -> Reply:
        fault = self._fault(body)
        asked = Asked(body, self.script, self.script.prompter(body))
        reply = FAULTS.get(fault, sound)(asked)
        self.calls.append(Call(fault, body, asked.cue.line, reply))
        return reply

    def _fault(self, body: Body) -> str:
        """What never ends goes on as long as it is answered."""
        messages = body["messages"]
        looked_up = messages[-1]["role"] == "tool" or (
            len(messages) > 1 and str(messages[-2]["content"]).startswith("SEARCH:")
        )
        if looked_up and self.calls and self.calls[-1].fault == "endless_tools":
            return "endless_tools"
        return next(self.script.plan)


class FaultyServer(ThreadingHTTPServer):
    """`/v1/chat/completions` on a free port of this machine."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self._answering: _Answering | None = None
        self._lock = threading.Lock()
        self.errors: list[str] = []
        """What went wrong in the server itself."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def begin(self, script: Script) -> list[Call]:
        """Answer by this script from now on; its calls are added to the list."""
        self._answering = _Answering(script)
        return self._answering.calls

    def answer(self, body: Body) -> Reply:
        assert self._answering is not None
        with self._lock:
            return self._answering.answer(body)

    def handle_error(self, request: Any, client_address: Any) -> None:
        import traceback

        error = traceback.format_exc()
        if "BrokenPipeError" not in error and "ConnectionResetError" not in error:
            self.errors.append(error)


@contextmanager
def faulty_server() -> Iterator[FaultyServer]:
    """The server, running."""
    with FaultyServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: FaultyServer
    protocol_version = "HTTP/1.1"
    # An answer leaves in one packet: small ones would wait for each other's receipt.
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body: Body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self.path.endswith("/chat/completions"):
            self.send_error(404)
            return
        reply = self.server.answer(body)
        if reply.send is not None:
            # Known before the answer leaves, so that it says so and no client asks here again.
            self.close_connection = True
            reply.send(self)
        else:
            payload = _payload(reply)
            _send(self, payload, len(payload), status=reply.status)

    def log_message(self, format: str, *args: Any) -> None: ...


def _payload(reply: Reply) -> bytes:
    if reply.status != 200:
        return json.dumps({"error": {"message": "made to fail", "code": reply.status}}).encode()
    message: Body = {"role": "assistant", "content": reply.content}
    if reply.tool_calls:
        message["tool_calls"] = list(reply.tool_calls)
    finish = "tool_calls" if reply.tool_calls else reply.finish
    answer = {
        "id": "1", "object": "chat.completion", "created": 1, "model": "test",
        "choices": [{"index": 0, "finish_reason": finish, "message": message}],
        "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18},
    }  # fmt: skip
    return json.dumps(answer, ensure_ascii=False).encode()


def _send(
    handler: BaseHTTPRequestHandler,
    payload: bytes,
    length: int,
    kind: str = "application/json",
    status: int = 200,
) -> None:
    """A body, or its beginning, that is said to be so long."""
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(length))
    if handler.close_connection:
        handler.send_header("Connection", "close")
    handler.end_headers()
    handler.wfile.write(payload)
    handler.wfile.flush()


def _gone(handler: BaseHTTPRequestHandler) -> bool:
    """Whether the client closed the connection: there is something to read, and it is empty."""
    # Not select(), which takes no descriptor above 1023.
    readable = select.poll()
    readable.register(handler.connection, select.POLLIN)
    try:
        return bool(readable.poll(0)) and not handler.connection.recv(1, socket.MSG_PEEK)
    except OSError:
        return True


def _called(name: str, arguments: Body) -> Reply:
    function = {"name": name, "arguments": json.dumps(arguments, ensure_ascii=False)}
    return Reply(None, tool_calls=({"id": "call_1", "type": "function", "function": function},))


def _last_question(asked: Asked) -> str:
    """The last message that asks for a line, with its lore and what was said."""
    users = [str(m["content"]) for m in asked.messages if m["role"] == "user"]
    return next((text for text in reversed(users) if "(" in text and "\n" in text), users[-1])
