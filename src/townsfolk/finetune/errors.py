"""What goes wrong in fine-tuning, said so that the user can mend it."""

from __future__ import annotations

from townsfolk.town.errors import TownsfolkError


class FinetuneError(TownsfolkError):
    """A step cannot be done, and what to do; what earlier steps made is kept."""
