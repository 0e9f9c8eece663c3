"""Who is told what happens in a scene."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from townsfolk.town.scenes import Scene
from townsfolk.town.transcript import Transcript, Turn


class SceneListener(Protocol):
    """Hears a scene as it happens: the terminal, a file, later the store."""

    def scene_started(self, scene: Scene, transcript: Transcript) -> None:
        """The scene opens."""
        ...

    def place_changed(self, place: str) -> None:
        """It goes on somewhere else."""
        ...

    def entered(self, names: Sequence[str]) -> None:
        """Characters come in."""
        ...

    def left(self, names: Sequence[str]) -> None:
        """Characters go away."""
        ...

    def thinking(self, name: str) -> None:
        """A character is about to speak."""
        ...

    def spoke(self, turn: Turn, transcript: Transcript) -> None:
        """A line was said."""
        ...

    def scene_ended(self, transcript: Transcript) -> None:
        """The scene is over, or was stopped."""
        ...


class QuietListener:
    """Hears and does nothing; listeners that care for a part of it start from here."""

    def scene_started(self, scene: Scene, transcript: Transcript) -> None: ...

    def place_changed(self, place: str) -> None: ...

    def entered(self, names: Sequence[str]) -> None: ...

    def left(self, names: Sequence[str]) -> None: ...

    def thinking(self, name: str) -> None: ...

    def spoke(self, turn: Turn, transcript: Transcript) -> None: ...

    def scene_ended(self, transcript: Transcript) -> None: ...
