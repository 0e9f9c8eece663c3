"""Whether a scene can be played: its cast, its beats, and who is there when."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from townsfolk.town.beats import PLAYER, Beat
from townsfolk.town.check_world import check_condition, check_name, check_world
from townsfolk.town.errors import Problem
from townsfolk.town.names import Named, Names
from townsfolk.town.scenes import Enter, Leave, Scene
from townsfolk.town.source import Location, Source


def check_scene(
    scene: Scene, beats: Mapping[str, Beat], names: Names, source: Source, looped: Collection[str]
) -> Iterator[Problem]:
    """Unknown names, and beats whose speaker, hearer or context is not there.

    The context of looped beats goes round in a circle; that has been reported.
    """
    for index, name in enumerate(scene.cast):
        yield from check_name(name, "agent", names.agents, ("cast", index), source)
    cast = Named(names.agents.meant(scene.cast))
    for index, name in enumerate(scene.present or []):
        yield from _check_member(name, ("present", index), scene, cast, source)
    yield from _Run(scene, beats, names, source, looped, cast).check()
    yield from _check_kind(scene, source)
    yield from check_condition(scene.until, ("until",), names, source)
    yield from check_world(scene.world, ("world",), names, source)
    for item in scene.player.inventory:
        at = ("player", "inventory", item)
        yield from check_name(item, "item", names.items, at, source)


def _check_kind(scene: Scene, source: Source) -> Iterator[Problem]:
    """In a scripted scene nobody speaks but by a beat."""
    if scene.turn_taking == "scripted" and not scene.beat_ids():
        remedy = "name a beat, or set turn_taking: addressed or free"
        yield source.problem(("beats",), "no NPC says anything", remedy=remedy)


def _check_member(
    name: str, at: Location, scene: Scene, cast: Named, source: Source
) -> Iterator[Problem]:
    if name not in scene.cast:
        yield from check_name(name, "member of the cast", cast, at, source)


@dataclass(slots=True)
class _Run:
    """A scene's beats in their order, with who is present and what was played."""

    scene: Scene
    beats: Mapping[str, Beat]
    names: Names
    source: Source
    looped: Collection[str]
    cast: Named
    present: set[str] = field(default_factory=set)
    played: set[str] = field(default_factory=set)

    def check(self) -> Iterator[Problem]:
        self.present = self.cast.meant(self.scene.at_start())
        for index, item in enumerate(self.scene.beats):
            at: Location = ("beats", index)
            if isinstance(item, Enter):
                yield from self._check_members(item.enter, (*at, "enter"))
                self.present |= self.cast.meant(item.enter)
            elif isinstance(item, Leave):
                yield from self._check_members(item.leave, (*at, "leave"))
                self.present -= self.cast.meant(item.leave)
            elif isinstance(item, str):
                yield from self._check_beat(at, item)
                self.played.add(item)

    def _check_members(self, members: list[str], at: Location) -> Iterator[Problem]:
        for index, name in enumerate(members):
            yield from _check_member(name, (*at, index), self.scene, self.cast, self.source)

    def _check_beat(self, at: Location, name: str) -> Iterator[Problem]:
        problem = self.source.problem
        yield from check_name(name, "beat", self.names.beats, at, self.source)
        if name in self.played and name in self.names.beats:
            yield problem(at, f"the beat {name!r} is played twice", remedy="write a second beat")
        beat = self.beats.get(name)
        if beat is None:
            return
        # A speaker or hearer that nobody is has been reported in tasks.yaml.
        if beat.agent in self.names.agents and beat.agent not in self.present:
            if beat.agent in self.cast:
                found = f"{beat.agent!r} speaks in {name!r} and is not present"
                remedy = f"add before it: - enter: [{beat.agent}]"
            else:
                found = f"{beat.agent!r} speaks in {name!r} and is not in the cast"
                remedy = f"add {beat.agent} to cast"
            yield problem(at, found, remedy=remedy)
        hearers = self.present | {PLAYER}
        if beat.to is not None and beat.to in self.names.characters and beat.to not in hearers:
            remedy = f"let {beat.to} enter first, or speak to somebody else"
            yield problem(
                at, f"{name!r} is spoken to {beat.to!r}, who is not present", remedy=remedy
            )
        ordered = self.scene.turn_taking == "scripted" and name not in self.looped
        for earlier in beat.context if ordered else ():
            if earlier in self.names.beats.ids and earlier not in self.played:
                remedy = "put it before this one, or take it out of context in tasks.yaml"
                yield problem(
                    at, f"{name!r} builds on {earlier!r}, which is not played before", remedy=remedy
                )
