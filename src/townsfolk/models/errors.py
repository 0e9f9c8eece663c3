"""What goes wrong at the border to a model."""

from __future__ import annotations

from townsfolk.town.errors import TownsfolkError


class ModelError(Exception):
    """A call failed; the turn records it and goes on with another line."""

    fault = "model_error"


class ModelTimeout(ModelError):
    """The model did not answer in time."""

    fault = "model_timeout"


class ModelUnavailable(ModelError):
    """The server refuses or cannot be reached."""

    fault = "model_unavailable"


class ContextExceeded(ModelError):
    """The prompt is longer than the model's context."""

    fault = "context_exceeded"


class ModelSetupError(TownsfolkError):
    """A model that was asked for cannot be used at all; said before the scene starts."""


def first_line(error: Exception) -> str:
    """What an error says first, or its kind where it says nothing."""
    return (str(error).strip() or type(error).__name__).splitlines()[0][:300]
