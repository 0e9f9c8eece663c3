"""Moments of the sample town's scenes, for tests of what surrounds a line."""

from __future__ import annotations

from townsfolk.town.beats import PLAYER
from townsfolk.town.town import Town
from townsfolk.town.transcript import Turn
from townsfolk.turns.situation import Situation


def said(speaker: str, speech: str, present: tuple[str, ...], number: int = 1) -> Turn:
    """A line that somebody spoke before these hearers."""
    return Turn(
        number=number,
        speaker=speaker,
        name=speaker,
        speech=speech,
        origin="player" if speaker == PLAYER else "authored",
        present=[*present],
    )


def moment(
    town: Town,
    scene: str,
    language: str = "en",
    heard: str = "",
    present: tuple[str, ...] | None = None,
) -> Situation:
    """The moment of a scene in which everybody of it is there and the player has said this."""
    played = town.scenes[scene]
    everybody = present or (*played.cast, PLAYER)
    return Situation(
        scene=played,
        language=language,
        place=played.place.get(language),
        present=everybody,
        turns=(said(PLAYER, heard, everybody),) if heard else (),
        world=town.start_world(played),
        seed=1,
    )
