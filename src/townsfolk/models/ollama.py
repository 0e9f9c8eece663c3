"""Asking an Ollama server, before a scene, whether it is there and has the model."""

from __future__ import annotations

import json
import os
import re
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from townsfolk.models.errors import ModelSetupError
from townsfolk.models.profile import ModelProfile

DEFAULT_HOST = "http://localhost:11434"
PREFIXES = ("ollama/", "ollama_chat/")
_SECONDS = 2.0
_WEAK_BELOW = 3e9
"""Parameters below which a model is taken as weak: it breaks structure more often than not."""


def is_ollama(model: str) -> bool:
    """Whether a LiteLLM model name is served by Ollama."""
    return model.startswith(PREFIXES)


def ollama_host(api_base: str | None = None) -> str:
    """The server's address: as given, or by `OLLAMA_API_BASE` or `OLLAMA_HOST`, or localhost."""
    host = api_base or os.environ.get("OLLAMA_API_BASE") or os.environ.get("OLLAMA_HOST")
    if not host:
        return DEFAULT_HOST
    if "://" not in host:
        host = f"http://{host}"
    if not re.search(r":\d+$", host) and host.startswith("http://"):
        host = f"{host}:11434"
    return host.rstrip("/").replace("//0.0.0.0", "//127.0.0.1")


@dataclass(frozen=True, slots=True)
class OllamaModel:
    """What the server says of a model."""

    context: int
    parameters: float | None
    tools: bool

    def profile(self) -> ModelProfile:
        """The profile that fits it, where the town states none."""
        weak = self.parameters is not None and self.parameters < _WEAK_BELOW
        return ModelProfile(
            strength="weak" if weak else "strong",
            context=min(self.context, 8192),
            json_schema=True,
            tools=self.tools and not weak,
        )


def list_models(host: str) -> list[str]:
    """The names of the models a server has.

    Raises:
        ModelSetupError: the server cannot be reached.
    """
    return [str(row["name"]) for row in _ask(host, "/api/tags", None).get("models", [])]


def find_model(model: str, api_base: str | None = None) -> OllamaModel:
    """What the server says of a model with a LiteLLM name like `ollama_chat/llama3.1`.

    Raises:
        ModelSetupError: no server there, or no such model on it.
    """
    host = ollama_host(api_base)
    name = model.split("/", 1)[1]
    names = list_models(host)
    if name not in names and f"{name}:latest" not in names:
        there = ", ".join(sorted(names)) or "none"
        raise ModelSetupError(
            f"Ollama at {host} has no model {name!r} (it has: {there}); "
            f"get it with: ollama pull {name}"
        )
    shown = _ask(host, "/api/show", {"model": name})
    information = shown.get("model_info") or {}
    context = next((int(v) for k, v in information.items() if k.endswith(".context_length")), 8192)
    count = information.get("general.parameter_count")
    return OllamaModel(
        context=context,
        parameters=float(count) if count else _parameters(shown),
        tools="tools" in (shown.get("capabilities") or []),
    )


def _parameters(shown: dict[str, Any]) -> float | None:
    size = str((shown.get("details") or {}).get("parameter_size", ""))
    match = re.match(r"([\d.]+)\s*([BM])", size, re.IGNORECASE)
    if match is None:
        return None
    return float(match.group(1)) * (1e9 if match.group(2).upper() == "B" else 1e6)


def _ask(host: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(
        f"{host}{path}", data=data, headers={"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:
            parsed = json.loads(answer.read())
    except urllib.error.HTTPError as error:
        raise ModelSetupError(f"Ollama at {host} answered {error.code} to {path}") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise ModelSetupError(
            f"no Ollama answers at {host} ({reason}); start it with: ollama serve, "
            "or set OLLAMA_HOST to where it runs, or use the embedded model with "
            "TOWNSFOLK_NPC_MODEL=embedded"
        ) from None
    return parsed if isinstance(parsed, dict) else {}
