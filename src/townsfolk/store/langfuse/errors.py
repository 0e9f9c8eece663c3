"""What can be wrong with Langfuse."""

from __future__ import annotations

from townsfolk.town.errors import TownsfolkError


class LangfuseError(TownsfolkError):
    """Langfuse is set up wrongly, or does not take what it is given; says what to do."""
