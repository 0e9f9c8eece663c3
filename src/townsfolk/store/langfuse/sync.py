"""Sending what waits in the outbox to Langfuse, within a time that one sets."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from townsfolk.store import outbox
from townsfolk.store.database import Database
from townsfolk.store.langfuse.answers import Answer
from townsfolk.store.langfuse.client import Away, LangfuseClient
from townsfolk.store.langfuse.errors import LangfuseError
from townsfolk.store.langfuse.queueing import is_start_of_trace
from townsfolk.store.langfuse.settings import LangfuseSettings
from townsfolk.store.outbox import Entry


@dataclass(frozen=True, slots=True)
class Pace:
    """How much is sent at once, and how long is waited."""

    events: int = 100
    size: int = 3_000_000
    """Bytes of a request; servers take 4.5 MB."""
    request_seconds: float = 20.0
    held_seconds: float = 60.0
    """How long rows are kept from another sync; longer than a request."""
    first_wait: float = 0.5
    longest_wait: float = 30.0


USUAL_PACE = Pace()
_REFUSED_AT_MOST = 10
"""Rows that are refused one after the other before the server, not they, is held to be at fault."""
_LOOK_SECONDS = 0.5
"""How often is looked whether another sync is done."""


@dataclass(slots=True)
class Report:
    """What a sync did."""

    traces: int = 0
    scores: int = 0
    refused: int = 0
    """Rows that will not be accepted, of those that were tried now."""
    left: int = 0
    stopped: str = ""
    """Why there is something left."""


class _Later(Exception):
    """The server takes nothing now."""

    def __init__(self, reason: str, wait: float | None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.wait = wait


@dataclass(slots=True)
class _Sender:
    database: Database
    client: LangfuseClient
    target: str
    pace: Pace
    end: float
    report: Report = field(default_factory=Report)
    accepted: int = 0

    def remaining(self) -> float:
        return self.end - time.monotonic()

    def deliver(self, entries: Sequence[Entry]) -> None:
        """Send rows of one kind until each is accepted or refused. Raises _Later, LangfuseError."""
        if not entries:
            return
        if self.remaining() <= 0:
            raise _Later("the time is over", None)
        answer = self._send(entries)
        if answer.verdict == "accepted":
            self._sort(entries, answer)
        elif answer.verdict == "later":
            outbox.mark_tried(self.database, entries, answer.reason)
            raise _Later(answer.reason, answer.wait)
        elif len(entries) == 1:
            outbox.mark_refused(self.database, entries, answer.reason)
            self.report.refused += 1
            if self.accepted == 0 and self.report.refused >= _REFUSED_AT_MOST:
                raise LangfuseError(
                    f"Langfuse takes nothing of what it is given ({answer.reason}); what is left "
                    "waits, and `townsfolk sync --all` tries what was refused again"
                )
        else:
            # One of them is at fault, or all together are too many: the halves will tell.
            middle = len(entries) // 2
            for half in (entries[:middle], entries[middle:]):
                outbox.hold(self.database, half, self.pace.held_seconds)
                self.deliver(half)

    def _send(self, entries: Sequence[Entry]) -> Answer:
        send = self.client.send_spans if entries[0].kind == "spans" else self.client.send_scores
        return send(entries, max(self.remaining(), 0.1))

    def _sort(self, entries: Sequence[Entry], answer: Answer) -> None:
        sent = [e for e in entries if e.digest not in {**answer.refused, **answer.undecided}]
        outbox.mark_sent(self.database, sent, self.target)
        self.accepted += len(sent)
        if entries[0].kind == "spans":
            self.report.traces += sum(is_start_of_trace(entry.id) for entry in sent)
        else:
            self.report.scores += len(sent)
        for entry in entries:
            if entry.digest in answer.refused:
                outbox.mark_refused(self.database, [entry], answer.refused[entry.digest])
                self.report.refused += 1
        undecided = [entry for entry in entries if entry.digest in answer.undecided]
        if undecided:
            reason = answer.undecided[undecided[0].digest]
            outbox.mark_tried(self.database, undecided, reason)
            raise _Later(reason, None)


def sync(
    database: Database,
    settings: LangfuseSettings,
    deadline_seconds: float,
    pace: Pace = USUAL_PACE,
) -> Report:
    """Send what waits, the oldest first, and stop when the time is over.

    A row leaves the outbox only when the server has accepted it. What the server has no time for is
    tried again; what it will never accept stays, marked, and keeps nothing else back.

    Raises:
        LangfuseError: the server refuses the keys, or is none; everything is still there.
        DatabaseError: the store cannot be used.
    """
    end = time.monotonic() + deadline_seconds
    with LangfuseClient(settings, pace.request_seconds) as client:
        sender = _Sender(database, client, settings.target, pace, end)
        try:
            client.version(deadline_seconds)
        except Away as away:
            sender.report.stopped = str(away)
        else:
            _send_all(sender)
    sender.report.left = outbox.counts(database).waiting
    return sender.report


def _send_all(sender: _Sender) -> None:
    failures, pace, report = 0, sender.pace, sender.report
    while (remaining := sender.remaining()) > 0:
        entries = outbox.take(sender.database, pace.events, pace.size, pace.held_seconds)
        reason, wait = "", 0.0
        if entries:
            try:
                _deliver_both(sender, entries)
                failures = 0
            except _Later as later:
                failures += 1
                backoff = min(pace.first_wait * 2 ** (failures - 1), pace.longest_wait)
                reason, wait = later.reason, max(later.wait or 0.0, backoff)
        elif (free_at := outbox.free_at(sender.database)) is None:
            report.stopped = ""
            return
        else:
            reason = "another sync is sending it"
            wait = min(max(free_at - time.time(), 0.01), _LOOK_SECONDS)
        report.stopped = reason
        if wait > remaining:
            return
        time.sleep(wait)
    report.stopped = report.stopped or "the time is over"


def _deliver_both(sender: _Sender, entries: Sequence[Entry]) -> None:
    """Spans first: a score of a trace that is not there yet is not shown with it."""
    try:
        sender.deliver([entry for entry in entries if entry.kind == "spans"])
        sender.deliver([entry for entry in entries if entry.kind == "score"])
    except BaseException:
        # Those that were sent or tried are no longer held, so only the others are let go.
        outbox.let_go(sender.database, entries)
        raise
