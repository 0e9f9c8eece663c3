"""Which Langfuse the environment names."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from townsfolk.store.langfuse.errors import LangfuseError

URL_VARIABLE = "LANGFUSE_BASE_URL"
_OLDER_URL_VARIABLE = "LANGFUSE_HOST"
_PUBLIC_KEY, _SECRET_KEY = "LANGFUSE_PUBLIC_KEY", "LANGFUSE_SECRET_KEY"
_ENVIRONMENT = "LANGFUSE_TRACING_ENVIRONMENT"
_ENVIRONMENT_FORM = re.compile(r"(?!langfuse)[a-z0-9_-]{1,40}")


@dataclass(frozen=True, slots=True)
class LangfuseSettings:
    """A project on a Langfuse server."""

    base_url: str
    """Without a slash at its end."""
    public_key: str
    secret_key: str = field(repr=False)
    environment: str = "default"
    """By which Langfuse keeps apart what comes from production, staging, tests."""

    @property
    def target(self) -> str:
        """Names the project, without a secret."""
        return f"{self.public_key} at {self.base_url}"


def langfuse_settings() -> LangfuseSettings | None:
    """The project that the environment names; None where it names none.

    Raises:
        LangfuseError: a part of it is missing or cannot be right.
    """
    public, secret = _value(_PUBLIC_KEY), _value(_SECRET_KEY)
    url = (_value(URL_VARIABLE) or _value(_OLDER_URL_VARIABLE)).rstrip("/")
    if not public and not secret:
        return None
    if not public or not secret:
        lacking = _SECRET_KEY if public else _PUBLIC_KEY
        raise LangfuseError(f"{lacking} is not set, and the other key is; set both, or neither")
    if not url:
        raise LangfuseError(
            f"Langfuse's keys are set, and {URL_VARIABLE} is not: without an address the vendor's "
            f"cloud would be meant; set {URL_VARIABLE}=https://YOUR-SERVER (or take the keys away)"
        )
    _check_url(url)
    environment = _value(_ENVIRONMENT) or "default"
    if not _ENVIRONMENT_FORM.fullmatch(environment):
        raise LangfuseError(
            f"{_ENVIRONMENT} is {environment!r}; allowed are up to 40 small letters, digits, - and "
            "_, not beginning with langfuse"
        )
    return LangfuseSettings(url, public, secret, environment)


def required_settings() -> LangfuseSettings:
    """The project that the environment names. Raises LangfuseError: it names none, or wrongly."""
    if (settings := langfuse_settings()) is None:
        raise LangfuseError(
            f"Langfuse is not set up; set {URL_VARIABLE}, {_PUBLIC_KEY} and {_SECRET_KEY} in the "
            "environment or in the town's .env"
        )
    return settings


def _value(name: str) -> str:
    return os.environ.get(name, "").strip()


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        right = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        right = right and not (parts.username or parts.query or parts.fragment)
    except ValueError:
        right = False
    if not right:
        # What holds an @ may hold a password.
        found = "no address that can be used" if "@" in url else f"{url!r}, which is no address"
        raise LangfuseError(f"{URL_VARIABLE} is {found}; set it to https://YOUR-SERVER")
