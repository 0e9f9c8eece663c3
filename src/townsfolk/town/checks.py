"""What one file of a town says of another: names, order, languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pydantic import BaseModel

from townsfolk.town.audience import open_secret
from townsfolk.town.beats import PLAYER, Beat
from townsfolk.town.catalogue import ALL, Item, Note, Quest
from townsfolk.town.check_actions import check_actions
from townsfolk.town.check_conveyed import check_conveyed
from townsfolk.town.check_scenes import check_scene
from townsfolk.town.check_world import check_condition, check_world
from townsfolk.town.errors import Problem, listing
from townsfolk.town.knowledge import Place
from townsfolk.town.names import Names
from townsfolk.town.source import Location, Source
from townsfolk.town.texts import Text, Texts
from townsfolk.town.town import Town

_NO_SOURCE = Source("", None)
_RESERVED = {PLAYER: "is the player's", ALL: "means everybody"}


def check_references(
    town: Town,
    names: Names,
    sources: Mapping[str, Source],
    places: Sequence[Place],
) -> Iterator[Problem]:
    """Problems between files. `places` are those of JSON entries."""
    yield from _check_config(town, names, sources.get("town.yaml", _NO_SOURCE))
    yield from _check_agents(town, names, sources)
    tasks = sources.get("tasks.yaml", _NO_SOURCE)
    yield from _check_beats(town, names, tasks)
    yield from check_conveyed(town, names, tasks)
    actions = sources.get("actions.yaml", _NO_SOURCE)
    yield from check_actions(town.actions, names, actions)
    for name, action in town.actions.items():
        yield from _untranslated(names, actions, (name,), action)
    for entry, place, at in places:
        yield from _check_place(names, entry, place, at)
    looped = {name for ring in _context_rings(town.beats) for name in ring}
    for name, scene in town.scenes.items():
        source = sources[f"crews/{name}.yaml"]
        yield from check_scene(scene, town.beats, names, source, looped)
        yield from _untranslated(names, source, (), scene)


def _check_config(town: Town, names: Names, source: Source) -> Iterator[Problem]:
    scene = town.config.default_scene
    if scene and scene not in names.scenes:
        yield source.unknown(("default_scene",), "scene", scene, names.scenes)
    language = town.config.default_language
    if language and language not in town.config.languages:
        at = ("default_language",)
        yield source.problem(at, f"found {language!r}", listing(town.config.languages))
    yield from check_world(town.config.world, ("world",), names, source)
    yield from _untranslated(names, source, (), town.config)


def _check_agents(town: Town, names: Names, sources: Mapping[str, Source]) -> Iterator[Problem]:
    source = sources.get("agents.yaml", _NO_SOURCE)
    for name, meaning in _RESERVED.items():
        if name in names.agents.ids:
            remedy = "give the agent another id"
            yield source.problem((name,), f"the id {name} {meaning}", remedy=remedy)
    for name, agent in town.agents.items():
        yield from _untranslated(names, source, (name,), agent.entry, skip="persona")
        for index, action in enumerate(agent.entry.actions):
            if action not in names.actions:
                yield source.unknown((name, "actions", index), "action", action, names.actions)
        if "react" in agent.entry.patterns and not agent.entry.tools:
            found = "the pattern react has no tools to use"
            yield source.problem((name, "patterns"), found, remedy="add: tools: [knowledge_search]")
        profile = sources[agent.persona_file]
        at: Location = (name, "persona") if profile is source else ()
        yield from _untranslated(names, profile, at, agent.persona)
        for index, relationship in enumerate(agent.persona.relationships):
            other = relationship.with_
            if other not in names.agents:
                place = (*at, "relationships", index, "with")
                yield profile.unknown(place, "agent", other, names.agents)
        yield from _check_factions(names, agent.persona.factions, profile, at)
        for item in agent.persona.inventory:
            if item not in names.items:
                yield profile.unknown((*at, "inventory", item), "item", item, names.items)


def _check_factions(
    names: Names, factions: Sequence[str], source: Source, at: Location
) -> Iterator[Problem]:
    """Factions that would let others into an agent's audience, or into everybody's."""
    for index, faction in enumerate(factions):
        meaning = _RESERVED.get(faction)
        if faction in names.agents.ids:
            meaning = "is an agent's"
        if meaning is not None:
            remedy = "give the faction another id"
            place = (*at, "factions", index)
            yield source.problem(place, f"the id {faction} {meaning}", remedy=remedy)


def _check_beats(town: Town, names: Names, source: Source) -> Iterator[Problem]:
    for name, beat in town.beats.items():
        yield from _untranslated(names, source, (name,), beat)
        if beat.agent not in names.agents:
            yield source.unknown((name, "agent"), "agent", beat.agent, names.agents)
        if beat.to is not None and beat.to not in names.characters:
            yield source.unknown((name, "to"), "character", beat.to, names.characters)
        for index, earlier in enumerate(beat.context):
            if earlier not in names.beats:
                yield source.unknown((name, "context", index), "beat", earlier, names.beats)
        agent = town.agents.get(beat.agent)
        allowed = names.actions.meant(agent.entry.actions) if agent else set()
        for index, action in enumerate(beat.actions):
            at = (name, "actions", index)
            if action not in names.actions:
                yield source.unknown(at, "action", action, names.actions)
            elif agent is not None and action not in allowed:
                found = f"{beat.agent} may not do {action!r}"
                remedy = f"add it to actions of {beat.agent} in agents.yaml"
                yield source.problem(at, found, listing(agent.entry.actions), remedy)
        yield from check_condition(beat.when, (name, "when"), names, source)
    for ring in _context_rings(town.beats):
        last, first = ring[-1], ring[0]
        at = (last, "context", town.beats[last].context.index(first))
        found = f"the context goes round in a circle: {' → '.join([*ring, first])}"
        yield source.problem(at, found, remedy="take one of these out")


def _context_rings(beats: Mapping[str, Beat]) -> Iterator[list[str]]:
    """Beats whose context leads back to themselves; of rings that share a beat, one."""
    done: set[str] = set()
    looped: set[str] = set()
    for start in beats:
        path = {start: iter(beats[start].context)}
        while path:
            name = next(reversed(path))
            earlier = next(path[name], None)
            if earlier is None:
                done.add(name)
                del path[name]
            elif earlier in path:
                ring = list(path)[list(path).index(earlier) :]
                if looped.isdisjoint(ring):
                    yield ring
                looped.update(ring)
            elif earlier in beats and earlier not in done:
                path[earlier] = iter(beats[earlier].context)


def _check_place(
    names: Names, entry: Item | Quest | Note, source: Source, at: Location
) -> Iterator[Problem]:
    if isinstance(entry, Item):
        for index, seller in enumerate(entry.sold_by):
            if seller not in names.agents:
                yield source.unknown((*at, "sold_by", index), "agent", seller, names.agents)
    if isinstance(entry, Quest):
        for index, secret in enumerate(entry.secrets):
            yield from open_secret(secret.audience, source, (*at, "secrets", index, "audience"))
        if entry.giver not in names.agents:
            yield source.unknown((*at, "giver"), "agent", entry.giver, names.agents)
        for index, reward in enumerate(entry.reward.items):
            if reward not in names.items:
                place = (*at, "reward", "items", index)
                yield source.unknown(place, "item", reward, names.items)
    yield from _untranslated(names, source, at, entry)


def _untranslated(
    names: Names, source: Source, at: Location, entry: BaseModel, skip: str = ""
) -> Iterator[Problem]:
    """Texts that lack one of the town's languages."""
    if getattr(entry, "lang", None):
        return
    for field, info in type(entry).model_fields.items():
        if field == skip or field not in entry.model_fields_set:
            continue
        for location, value in _texts(getattr(entry, field), (*at, info.alias or field)):
            for language in value.missing(names.languages):
                found = f"is not written in {language!r}, a language of the town"
                remedy = f"add {language}: …, or write one plain text for all languages"
                yield source.problem(location, found, remedy=remedy)


def _texts(value: object, at: Location) -> Iterator[tuple[Location, Text | Texts]]:
    if isinstance(value, Text | Texts):
        yield at, value
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, (*at, index))
    elif isinstance(value, BaseModel) and hasattr(value, "model_fields_set"):
        for field, info in type(value).model_fields.items():
            if field != "root":
                yield from _texts(getattr(value, field), (*at, info.alias or field))
