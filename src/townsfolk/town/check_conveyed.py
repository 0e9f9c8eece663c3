"""Whether what a beat must convey may be said: by who speaks, and before everybody who hears it."""

from __future__ import annotations

from collections.abc import Iterator

from townsfolk.town.beats import PLAYER, Beat
from townsfolk.town.errors import Problem, listing
from townsfolk.town.lore import LoreEntry
from townsfolk.town.names import Names
from townsfolk.town.scenes import Enter, Leave, Scene
from townsfolk.town.source import Location, Source
from townsfolk.town.town import Town

Hearers = dict[str, str]
"""Who hears a beat → the scene in which they do; the beat's own `to` without a scene."""


def check_conveyed(town: Town, names: Names, source: Source) -> Iterator[Problem]:
    """Lore of `must_convey` that is not there, or that somebody who hears it may not know.

    A turn is given what its beat must convey whoever listens, so nothing but this check keeps a
    secret from being given away by mistake.
    """
    hearers = _hearers(town, names)
    for name, beat in town.beats.items():
        for index, lore_id in enumerate(beat.must_convey):
            at = (name, "must_convey", index)
            entry = town.lore.get(lore_id)
            if entry is None:
                whole = lore_id.partition(".")[0]
                # The parts of a person or quest that cannot be read are not known.
                if lore_id not in names.lore and (whole not in names.lore or whole in town.lore):
                    yield source.unknown(at, "lore entry", lore_id, names.lore)
            else:
                yield from _check_entry(town, entry, beat, hearers[name], at, source)


def _check_entry(
    town: Town, entry: LoreEntry, beat: Beat, hearers: Hearers, at: Location, source: Source
) -> Iterator[Problem]:
    allowed = listing(entry.audience)
    if beat.agent in town.agents and not entry.known_to(beat.agent):
        remedy = "widen the entry's audience, or let another NPC say it"
        yield source.problem(at, f"{beat.agent} may not know {entry.id!r}", allowed, remedy)
        return
    # An agent that cannot be read may be of a faction that is not known for it.
    hearing = sorted({PLAYER, *town.agents} & set(hearers))
    strangers = [name for name in hearing if entry.confidential and name not in entry.audience]
    if strangers:
        heard = ", ".join(_heard(name, hearers[name]) for name in strangers)
        remedy = "say it where they do not hear it, or widen the entry's audience"
        found = f"{entry.id!r} is confidential and would be heard by {heard}"
        yield source.problem(at, found, allowed, remedy)
    meant = [name for name in hearing if name in entry.hidden_from]
    if meant:
        heard = ", ".join(_heard(name, hearers[name]) for name in meant)
        found = f"{entry.id!r} is about somebody who would hear it: {heard}"
        yield source.problem(at, found, remedy="say it where they do not hear it")


def _heard(hearer: str, scene: str) -> str:
    name = f"the {PLAYER}" if hearer == PLAYER else hearer
    return f"{name} (crews/{scene}.yaml)" if scene else name


def _hearers(town: Town, names: Names) -> dict[str, Hearers]:
    """Who hears each beat: whom it is spoken to, and who is there when it is played."""
    hearers: dict[str, Hearers] = {
        name: {beat.to: ""} if beat.to else {} for name, beat in town.beats.items()
    }
    for name, scene in town.scenes.items():
        for beat_id, present in _presences(scene, names):
            for character in present:
                hearers.get(beat_id, {}).setdefault(character, name)
    return hearers


def _presences(scene: Scene, names: Names) -> Iterator[tuple[str, set[str]]]:
    """The beats of a scene, each with those who are there at a moment when it may be played."""
    present = names.agents.meant(scene.at_start()) | ({PLAYER} if scene.has_player else set())
    waiting: list[str] = []
    for item in scene.beats:
        if isinstance(item, Enter):
            present = present | names.agents.meant(item.enter)
        elif isinstance(item, Leave):
            present = present - names.agents.meant(item.leave)
        elif isinstance(item, str):
            waiting.append(item)
        yield from ((beat_id, present) for beat_id in waiting)
        if scene.turn_taking == "scripted":
            # Elsewhere a beat may be played later than where it stands.
            waiting.clear()
