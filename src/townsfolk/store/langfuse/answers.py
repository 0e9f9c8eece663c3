"""What a server's answer to a batch means for the rows in it."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Literal

import httpx

from townsfolk.store.langfuse.errors import LangfuseError

_KEYS_REFUSED = (401, 403)
_LONGEST_REASON = 300
"""Characters of a server's own words that are kept."""

Verdict = Literal["accepted", "later", "too_large", "refused"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a batch."""

    verdict: Verdict
    reason: str = ""
    wait: float | None = None
    """Seconds that the server asks for."""
    refused: Mapping[str, str] = field(default_factory=dict)
    """Of an accepted batch: the events that were refused for good, and why."""
    undecided: Mapping[str, str] = field(default_factory=dict)
    """Of an accepted batch: the events to send again, and why."""


def read_answer(answer: httpx.Response) -> Answer:
    """What an answer says of the whole batch.

    Raises:
        LangfuseError: no batch would be accepted; says what to mend.
    """
    status, reason = answer.status_code, told(answer)
    if answer.is_success:
        if "html" in answer.headers.get("content-type", ""):
            raise LangfuseError(f"{answer.url} answers with a web page; mend LANGFUSE_BASE_URL")
        return Answer("accepted")
    if status in _KEYS_REFUSED:
        raise keys_refused(answer)
    if status == 413:
        return Answer("too_large", reason)
    if status in (400, 422):
        return Answer("refused", reason)
    if status in (408, 425, 429) or status >= 500:
        return Answer("later", reason, _asked(answer.headers.get("retry-after", "")))
    raise LangfuseError(
        f"{answer.url} answers {reason}; mend LANGFUSE_BASE_URL, or update Langfuse (3.22 or newer)"
    )


def read_events(answer: httpx.Response, events: list[str]) -> Answer:
    """What an answer of the ingestion says of each event. Raises LangfuseError."""
    whole = read_answer(answer)
    if whole.verdict != "accepted":
        return whole
    try:
        body = answer.json()
        accepted = {str(event["id"]) for event in body["successes"]}
        failed = {str(event["id"]): event for event in body["errors"]}
    except (ValueError, KeyError, TypeError):
        return Answer("later", "the answer does not tell what was accepted")
    refused: dict[str, str] = {}
    undecided: dict[str, str] = {}
    for event in events:
        error = failed.get(event)
        if error is None:
            if event not in accepted:
                undecided[event] = "the answer does not tell whether it was accepted"
            continue
        status = error.get("status", 500)
        reason = _cut(f"{status} {error.get('message') or ''} {error.get('error') or ''}")
        if status in _KEYS_REFUSED:
            raise keys_refused(answer)
        final = isinstance(status, int) and 400 <= status < 500 and status not in (408, 429)
        (refused if final else undecided)[event] = reason
    return Answer("accepted", refused=refused, undecided=undecided)


def told(answer: httpx.Response) -> str:
    """The status with the server's own words."""
    try:
        body = answer.json()
        words = body.get("message") or body.get("error") or body
        if errors := body.get("errors"):
            words = f"{words}: {errors}"
    except (ValueError, AttributeError):
        words = answer.text
    return _cut(f"{answer.status_code} {words if isinstance(words, str) else json.dumps(words)}")


def keys_refused(answer: httpx.Response) -> LangfuseError:
    """The error that says so."""
    return LangfuseError(
        f"Langfuse at {answer.url.copy_with(path='/')} refuses the keys ({told(answer)}); set "
        "LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY to those of a project on this server"
    )


def _asked(header: str) -> float | None:
    """Seconds of a Retry-After: a number, or a moment."""
    try:
        return max(float(header), 0.0)
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
    return max((moment - datetime.datetime.now(datetime.UTC)).total_seconds(), 0.0)


def _cut(words: str) -> str:
    # An answer may hold anything, and what is told goes into a table and onto a terminal.
    plain = "".join(letter if letter.isprintable() else " " for letter in words)
    return " ".join(plain.split())[:_LONGEST_REASON]
