"""Making a model in Ollama: through its API, blobs by their digest, then `/api/create`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from townsfolk.finetune.errors import FinetuneError
from townsfolk.finetune.register.modelfile import Recipe
from townsfolk.finetune.steps import file_hash

Note = Callable[[str], None]
_PIECE = 1 << 20


class OllamaAway(Exception):
    """Nobody answers at Ollama's address."""


def create_model(
    host: str, name: str, made: Recipe, quantize: str | None, note: Note = lambda text: None
) -> None:
    """Make the model; files that Ollama has already are not sent again.

    Raises:
        OllamaAway: nobody answers.
        FinetuneError: Ollama refused, with its reason.
    """
    import httpx

    with httpx.Client(base_url=host, timeout=httpx.Timeout(10.0, read=None, write=None)) as client:
        try:
            client.get("/api/version").raise_for_status()
        except httpx.HTTPError as error:
            raise OllamaAway(str(error)) from None
        try:
            body = _body(client, name, made, quantize, note)
            _created(client, body, note)
        except httpx.HTTPError as error:
            raise FinetuneError(
                f"Ollama at {host} broke off: {error}; run the step again"
            ) from None


def _body(client: Any, name: str, made: Recipe, quantize: str | None, note: Note) -> dict[str, Any]:
    parameters: dict[str, Any] = dict(made.parameters)
    if made.stops:
        parameters["stop"] = made.stops
    body: dict[str, Any] = {"model": name, "parameters": parameters, "stream": True}
    if isinstance(made.base, Path):
        body["files"] = {made.base.name: _blob(client, made.base, note)}
    else:
        body["from"] = made.base
    if made.adapter is not None:
        body["adapters"] = {made.adapter.name: _blob(client, made.adapter, note)}
    for key in ("template", "system", "license"):
        if (value := getattr(made, key)) is not None:
            body[key] = value
    if quantize is not None:
        body["quantize"] = quantize
    return body


def _blob(client: Any, file: Path, note: Note) -> str:
    """Send a file, unless Ollama has it; gives its digest."""
    digest = f"sha256:{file_hash(file)}"
    if client.head(f"/api/blobs/{digest}").status_code == 200:
        return digest
    note(f"sending {file.name} ({file.stat().st_size / 1e6:.0f} MB)")
    answer = client.post(f"/api/blobs/{digest}", content=_pieces(file))
    if answer.status_code not in (200, 201):
        raise FinetuneError(f"Ollama did not take {file.name}: {_reason(answer.text)}")
    return digest


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as content:
        while piece := content.read(_PIECE):
            yield piece


def _created(client: Any, body: dict[str, Any], note: Note) -> None:
    with client.stream("POST", "/api/create", json=body) as answer:
        if answer.status_code != 200:
            answer.read()
            raise FinetuneError(f"Ollama refused the model: {_reason(answer.text)}")
        status = ""
        for line in answer.iter_lines():
            told = json.loads(line) if line.strip() else {}
            if "error" in told:
                raise FinetuneError(f"Ollama refused the model: {told['error']}")
            if told.get("status") not in (None, status):
                status = told["status"]
                note(status)
    if status != "success":
        raise FinetuneError(f"Ollama ended without success (its last word: {status or 'none'})")


def _reason(text: str) -> str:
    try:
        return str(json.loads(text)["error"])
    except (ValueError, KeyError, TypeError):
        return text.strip()[:200] or "no reason given"
