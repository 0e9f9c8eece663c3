"""Talking to a Langfuse server over HTTP."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx

from townsfolk import __version__
from townsfolk.store.langfuse.answers import (
    Answer,
    keys_refused,
    read_answer,
    read_events,
    told,
)
from townsfolk.store.langfuse.errors import LangfuseError
from townsfolk.store.langfuse.settings import LangfuseSettings
from townsfolk.store.outbox import Entry

_CONNECT_SECONDS = 5.0
_HEALTH_SECONDS = 3.0
_OLDEST = (3, 22)
"""The first server with the OTLP route."""


class Away(Exception):
    """Nothing answers there, or what answers is not well."""


class LangfuseClient:
    """A project on a server; closes its connections when left."""

    def __init__(self, settings: LangfuseSettings, read_seconds: float = 20.0) -> None:
        self._settings = settings
        self._read_seconds = read_seconds
        self._http = httpx.Client(
            base_url=settings.base_url,
            auth=(settings.public_key, settings.secret_key),
            headers={
                "user-agent": f"townsfolk/{__version__}",
                # Without it newer servers show spans only minutes later.
                "x-langfuse-ingestion-version": "4",
            },
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._http.close()

    def version(self, seconds: float = _HEALTH_SECONDS) -> str:
        """The server's version.

        Raises:
            Away: nothing answers, or the server is not well.
            LangfuseError: it is no Langfuse, or one that is too old.
        """
        url = self._settings.base_url
        limit = min(seconds, _HEALTH_SECONDS)
        try:
            answer = self._http.get("/api/public/health", timeout=limit)
        except httpx.RequestError as error:
            raise Away(f"{url}: {_explained(error)}") from None
        if answer.status_code == 429 or answer.status_code >= 500:
            raise Away(f"{url} is not well: {told(answer)}")
        try:
            found = str(answer.json()["version"]) if answer.is_success else ""
        except (ValueError, KeyError, TypeError):
            found = ""
        if not found:
            raise LangfuseError(
                f"{url} answers, and is no Langfuse ({answer.status_code}); mend LANGFUSE_BASE_URL"
            )
        numbers = tuple(int(number) for number in re.findall(r"\d+", found)[:2])
        if numbers and numbers < _OLDEST:
            raise LangfuseError(
                f"Langfuse at {url} is {found}; update it to {'.'.join(map(str, _OLDEST))} or newer"
            )
        return found

    def send_spans(self, entries: Sequence[Entry], seconds: float) -> Answer:
        """Send spans in one request; waits so many seconds at most. Raises LangfuseError."""
        # Protobuf messages that stand end to end are one message with the spans of all.
        body = b"".join(entry.payload for entry in entries)
        answer = self._post("/api/public/otel/v1/traces", body, "application/x-protobuf", seconds)
        return answer if isinstance(answer, Answer) else read_answer(answer)

    def send_scores(self, entries: Sequence[Entry], seconds: float) -> Answer:
        """Send scores in one request; waits so many seconds at most. Raises LangfuseError."""
        body = b'{"batch":[%b]}' % b",".join(entry.payload for entry in entries)
        answer = self._post("/api/public/ingestion", body, "application/json", seconds)
        if isinstance(answer, Answer):
            return answer
        return read_events(answer, [entry.digest for entry in entries])

    def get(self, path: str, name: str = "", **query: str | int) -> Any:
        """The JSON at a path, or at a name below it; None where there is none.

        Raises LangfuseError.
        """
        return self._asked("GET", f"{path}/{quote(name, safe='')}" if name else path, query, None)

    def create(self, path: str, content: Mapping[str, Any]) -> Any:
        """Post JSON, and give what was made. Raises LangfuseError."""
        made = self._asked("POST", path, {}, content)
        if made is None:
            raise LangfuseError(f"{self._settings.base_url} has no {path}; update Langfuse")
        return made

    def _asked(
        self, method: str, path: str, query: Mapping[str, str | int],
        content: Mapping[str, Any] | None,
    ) -> Any:  # fmt: skip
        try:
            answer = self._http.request(
                method, path, params=dict(query), json=content, timeout=self._timeout(60.0)
            )
        except httpx.RequestError as error:
            raise LangfuseError(f"{self._settings.base_url}: {_explained(error)}") from None
        if answer.status_code in (401, 403):
            raise keys_refused(answer)
        if answer.status_code == 404:
            return None
        if not answer.is_success:
            raise LangfuseError(f"{self._settings.base_url}{path} answers {told(answer)}")
        try:
            return answer.json()
        except ValueError:
            raise LangfuseError(f"{self._settings.base_url}{path} answers without JSON") from None

    def _post(self, path: str, body: bytes, kind: str, seconds: float) -> httpx.Response | Answer:
        try:
            return self._http.post(
                path, content=body, headers={"content-type": kind}, timeout=self._timeout(seconds)
            )
        except httpx.RequestError as error:
            return Answer("later", _explained(error))

    def _timeout(self, seconds: float) -> httpx.Timeout:
        limit = min(seconds, self._read_seconds)
        return httpx.Timeout(limit, connect=min(limit, _CONNECT_SECONDS))


def _explained(error: httpx.RequestError) -> str:
    if isinstance(error, httpx.ConnectTimeout):
        return "nothing answers in time"
    if isinstance(error, httpx.TimeoutException):
        return "no answer in time"
    if isinstance(error, httpx.ConnectError):
        return f"cannot be reached ({error})"
    return f"the connection was cut ({error})"
