"""Whether a scene can be played: its cast, its beats, and who is there when."""

from __future__ import annotations

from collections.abc import Iterator

from townsfolk.town.beats import PLAYER
from townsfolk.town.errors import Problem
from townsfolk.town.scenes import Enter, Leave, Scene
from townsfolk.town.source import Location, Source
from townsfolk.town.town import Town


def check_scene(town: Town, scene: Scene, source: Source, agents: set[str]) -> Iterator[Problem]:
    """Unknown names, and beats whose speaker, hearer or context is not there."""
    for index, name in enumerate(scene.cast):
        if name not in agents:
            yield source.unknown(("cast", index), "agent", name, agents)
    for index, name in enumerate(scene.present or []):
        if name not in scene.cast:
            yield source.unknown(("present", index), "member of the cast", name, set(scene.cast))
    yield from _check_order(town, scene, source)
    for quest in scene.world.quests:
        if quest not in town.quests:
            yield source.unknown(("world", "quests", quest), "quest", quest, set(town.quests))
    for flag in scene.world.flags:
        if flag not in town.config.world.flags:
            known = set(town.config.world.flags)
            yield source.unknown(("world", "flags", flag), "flag", flag, known)
    for owner, held in {PLAYER: scene.player.inventory, **scene.world.items}.items():
        for item in held:
            if item not in town.items:
                yield source.unknown(("world", "items", owner, item), "item", item, set(town.items))


def _check_order(town: Town, scene: Scene, source: Source) -> Iterator[Problem]:
    present = set(scene.at_start())
    played: set[str] = set()
    for index, item in enumerate(scene.beats):
        at: Location = ("beats", index)
        if isinstance(item, Enter | Leave):
            names = item.enter if isinstance(item, Enter) else item.leave
            for name in names:
                if name not in scene.cast:
                    yield source.unknown(at, "member of the cast", name, set(scene.cast))
            present = present | set(names) if isinstance(item, Enter) else present - set(names)
        elif isinstance(item, str):
            yield from _check_beat(town, scene, source, at, item, present, played)
            played.add(item)


def _check_beat(
    town: Town,
    scene: Scene,
    source: Source,
    at: Location,
    name: str,
    present: set[str],
    played: set[str],
) -> Iterator[Problem]:
    beat = town.beats.get(name)
    if beat is None:
        yield source.unknown(at, "beat", name, set(town.beats))
        return
    if name in played:
        yield source.problem(at, f"the beat {name!r} is played twice", remedy="write a second beat")
    if beat.agent not in scene.cast:
        remedy = f"add {beat.agent} to cast"
        yield source.problem(at, f"{beat.agent!r} speaks in {name!r} and is not in the cast", remedy=remedy)
    elif beat.agent not in present:
        remedy = f"add before it: - enter: [{beat.agent}]"
        yield source.problem(at, f"{beat.agent!r} speaks in {name!r} and is not present", remedy=remedy)
    if beat.to is not None and beat.to not in present | {PLAYER}:
        remedy = f"let {beat.to} enter first, or speak to somebody else"
        yield source.problem(at, f"{name!r} is spoken to {beat.to!r}, who is not present", remedy=remedy)
    for earlier in beat.context:
        if earlier in town.beats and earlier not in played:
            remedy = "put it before this one, or take it out of context in tasks.yaml"
            yield source.problem(at, f"{name!r} builds on {earlier!r}, which is not played before", remedy=remedy)
