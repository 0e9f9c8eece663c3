"""The interface of everything that scores an episode."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from townsfolk.store.records import Score
from townsfolk.town.town import Town
from townsfolk.town.transcript import Transcript


class Scorer(Protocol):
    """Looks at a finished episode and gives figures about it."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the scores that it gives."""
        ...

    @property
    def version(self) -> str:
        """Raised whenever the same episode gets another figure."""
        ...

    def scores(self, town: Town, transcript: Transcript) -> Iterable[Score]:
        """The figures; none where there is nothing to measure."""
        ...
