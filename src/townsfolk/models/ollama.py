"""Asking an Ollama server, before a scene, whether it is there and has the model."""

from __future__ import annotations

import http.client
import json
import os
import re
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from townsfolk.models.errors import ModelSetupError
from townsfolk.models.profile import ModelProfile, Strength

_PORT = 11434
DEFAULT_HOST = f"http://localhost:{_PORT}"
DEFAULT_CONTEXT = 8192
"""Tokens of context to ask for where nobody states how many: Ollama's own default is too few."""
PREFIXES = ("ollama/", "ollama_chat/")
_VARIABLE = "os.environ/"
_SECONDS = 2.0
_REACHED_AT = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}
"""Addresses that a server listens on, and where it is reached then."""
_WEAK_BELOW = 3e9
"""Parameters below which a model is taken as weak: it breaks structure more often than not."""


def is_ollama(model: str) -> bool:
    """Whether a LiteLLM model name is served by Ollama."""
    return model.startswith(PREFIXES)


def ollama_host(api_base: str | None = None) -> str:
    """The server's address: as given, or by `OLLAMA_API_BASE` or `OLLAMA_HOST`, or localhost.

    Read as Ollama reads it: port 11434 where neither scheme nor port is written, the scheme's own
    port where only the scheme is.
    """
    stated = (_looked_up(api_base), *map(os.environ.get, ("OLLAMA_API_BASE", "OLLAMA_HOST")))
    written = next((text for text in stated if text), "").strip().rstrip("/")
    if not written:
        return DEFAULT_HOST
    url = written if "://" in written else f"http://{_with_port(written)}"
    for everywhere, here in _REACHED_AT.items():
        url = re.sub(rf"//{re.escape(everywhere)}(?=[:/]|$)", f"//{here}", url)
    return url


def _looked_up(api_base: str | None) -> str | None:
    """An address that may be `os.environ/NAME`, LiteLLM's way to name a variable."""
    if api_base and api_base.startswith(_VARIABLE):
        return os.environ.get(api_base.removeprefix(_VARIABLE))
    return api_base


def _with_port(address: str) -> str:
    """`HOST`, `HOST:PORT`, `:PORT` or an IPv6 address, a path after it or not, with its port."""
    host, slash, path = address.partition("/")
    if host.count(":") > 1 and "[" not in host:
        host = f"[{host}]"
    if host.startswith(":"):
        host = f"localhost{host}"
    if not re.search(r":\d+$", host):
        host = f"{host}:{_PORT}"
    return f"{host}{slash}{path}"


@dataclass(frozen=True, slots=True)
class OllamaModel:
    """What the server says of a model."""

    context: int
    parameters: float | None
    tools: bool

    def profile(self, strength: Strength | None = None) -> ModelProfile:
        """The profile that fits it; its size tells the strength where nobody states it."""
        small = self.parameters is not None and self.parameters < _WEAK_BELOW
        strength = strength or ("weak" if small else "strong")
        return ModelProfile(
            strength=strength,
            context=min(self.context, DEFAULT_CONTEXT),
            json_schema=True,
            tools=self.tools and strength == "strong",
        )


def list_models(host: str) -> list[str]:
    """The names of the models a server has.

    Raises:
        ModelSetupError: the server cannot be reached.
    """
    rows = _ask(host, "/api/tags", None).get("models")
    return [str(row["name"]) for row in _mappings(rows) if "name" in row]


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
    information = _mapping(shown.get("model_info"))
    lengths = (v for k, v in information.items() if k.endswith(".context_length"))
    count = information.get("general.parameter_count")
    return OllamaModel(
        context=next((v for v in lengths if isinstance(v, int)), DEFAULT_CONTEXT),
        parameters=float(count) if isinstance(count, int | float) else _parameters(shown),
        tools="tools" in (shown.get("capabilities") or ()),
    )


def _parameters(shown: dict[str, Any]) -> float | None:
    size = str(_mapping(shown.get("details")).get("parameter_size", ""))
    match = re.match(r"(\d+(?:\.\d+)?)\s*([BM])", size, re.IGNORECASE)
    if match is None:
        return None
    return float(match.group(1)) * (1e9 if match.group(2).upper() == "B" else 1e6)


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _mappings(value: Any) -> list[dict[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _ask(host: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
    data = json.dumps(body).encode() if body is not None else None
    try:
        request = urllib.request.Request(
            f"{host}{path}", data=data, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:
            return _mapping(json.loads(answer.read()))
    except urllib.error.HTTPError as error:
        raise ModelSetupError(f"Ollama at {host} answered {error.code} to {path}") from None
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = str(getattr(error, "reason", error)).strip() or type(error).__name__
        raise ModelSetupError(
            f"no Ollama answers at {host} ({reason}); start it with: ollama serve, "
            "or set OLLAMA_HOST to where it runs, or use the embedded model with "
            "TOWNSFOLK_NPC_MODEL=embedded"
        ) from None
