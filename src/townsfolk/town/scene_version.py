"""Whether a scene is still what it was when a transcript of it was begun."""

from __future__ import annotations

import hashlib

from townsfolk.town.town import Town


def scene_version(town: Town, name: str) -> str:
    """A hash of a scene's steps and of the beats in it, 16 hexadecimal digits.

    Texts may be changed while a scene is halted; what is played, by whom and in which order not.
    """
    scene = town.scenes[name]
    parts = [scene.turn_taking, *scene.cast]
    for step in scene.beats:
        parts.append(step if isinstance(step, str) else type(step).__name__)
        if isinstance(step, str):
            parts.append(town.beats[step].agent)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
