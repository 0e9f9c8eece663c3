"""What can be wrong with the store."""

from __future__ import annotations

from townsfolk.town.errors import TownsfolkError


class DatabaseError(TownsfolkError):
    """The store cannot be opened, read or written; says where it is and what to do."""
