"""What one file of a town says of another: names, order, languages."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from townsfolk.town.beats import PLAYER, Beat
from townsfolk.town.check_scenes import check_scene
from townsfolk.town.conditions import Condition
from townsfolk.town.errors import Problem, listing
from townsfolk.town.game_actions import SLOT_KEY, Slot
from townsfolk.town.source import Location, Source
from townsfolk.town.texts import Text, Texts
from townsfolk.town.town import Town

_NO_SOURCE = Source("", None)


def check_references(town: Town, sources: dict[str, Source], agents: set[str]) -> Iterator[Problem]:
    """Problems between files. `agents` are all ids of `agents.yaml`, readable or not."""
    yield from _check_config(town, sources.get("town.yaml", _NO_SOURCE))
    yield from _check_agents(town, sources.get("agents.yaml", _NO_SOURCE), agents)
    yield from _check_beats(town, sources.get("tasks.yaml", _NO_SOURCE), agents)
    yield from _check_actions(town, sources.get("actions.yaml", _NO_SOURCE))
    yield from _check_catalogue(town, agents)
    for name, scene in town.scenes.items():
        source = sources.get(f"crews/{name}.yaml", _NO_SOURCE)
        yield from check_scene(town, scene, source, agents)
        yield from _untranslated(town, source, (), scene)


def _check_config(town: Town, source: Source) -> Iterator[Problem]:
    scene = town.config.default_scene
    if scene and scene not in town.scenes:
        yield source.unknown(("default_scene",), "scene", scene, town.scenes)
    language = town.config.default_language
    if language and language not in town.config.languages:
        at = ("default_language",)
        yield source.problem(at, f"found {language!r}", listing(town.config.languages))


def _check_agents(town: Town, source: Source, agents: set[str]) -> Iterator[Problem]:
    if PLAYER in agents:
        remedy = "give the agent another id"
        yield source.problem((PLAYER,), "the id player is the player's", remedy=remedy)
    for name, agent in town.agents.items():
        yield from _untranslated(town, source, (name,), agent.entry, skip="persona")
        for index, action in enumerate(agent.entry.actions):
            if action not in town.actions:
                yield source.unknown((name, "actions", index), "action", action, town.actions)
        if "react" in agent.entry.patterns and not agent.entry.tools:
            found = "the pattern react has no tools to use"
            yield source.problem((name, "patterns"), found, remedy="add: tools: [knowledge_search]")
        profile = source if agent.persona_file == source.file else Source(agent.persona_file, None)
        at: Location = (name, "persona") if profile is source else ()
        yield from _untranslated(town, profile, at, agent.persona)
        for relationship in agent.persona.relationships:
            if relationship.with_ not in agents:
                yield profile.unknown((*at, "relationships"), "agent", relationship.with_, agents)
        for item in agent.persona.inventory:
            if item not in town.items:
                yield profile.unknown((*at, "inventory", item), "item", item, town.items)


def _check_beats(town: Town, source: Source, agents: set[str]) -> Iterator[Problem]:
    for name, beat in town.beats.items():
        yield from _untranslated(town, source, (name,), beat)
        if beat.agent not in agents:
            yield source.unknown((name, "agent"), "agent", beat.agent, agents)
        if beat.to is not None and beat.to not in {PLAYER, *agents}:
            yield source.unknown((name, "to"), "character", beat.to, {PLAYER, *agents})
        for index, earlier in enumerate(beat.context):
            if earlier not in town.beats:
                yield source.unknown((name, "context", index), "beat", earlier, town.beats)
        yield from _check_conveyed(town, source, name, beat)
        agent = town.agents.get(beat.agent)
        for index, action in enumerate(beat.actions):
            at = (name, "actions", index)
            if action not in town.actions:
                yield source.unknown(at, "action", action, town.actions)
            elif agent is not None and action not in agent.entry.actions:
                found = f"{beat.agent} may not do {action!r}"
                remedy = f"add it to actions of {beat.agent} in agents.yaml"
                yield source.problem(at, found, listing(agent.entry.actions), remedy)
        yield from _check_condition(town, source, (name, "when"), beat.when)
    yield from _context_cycles(town.beats, source)


def _check_conveyed(town: Town, source: Source, name: str, beat: Beat) -> Iterator[Problem]:
    for index, lore_id in enumerate(beat.must_convey):
        at = (name, "must_convey", index)
        entry = town.lore.get(lore_id)
        if entry is None:
            yield source.unknown(at, "lore entry", lore_id, town.lore)
        elif beat.agent in town.agents and not entry.known_to(beat.agent):
            remedy = "widen the entry's audience, or let another NPC say it"
            found = f"{beat.agent} may not know {lore_id!r}"
            yield source.problem(at, found, listing(entry.audience), remedy)


def _context_cycles(beats: dict[str, Beat], source: Source) -> Iterator[Problem]:
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> Iterator[Problem]:
        if name in path:
            ring = (*path[path.index(name) :], name)
            found = f"the context goes round in a circle: {' → '.join(ring)}"
            yield source.problem((path[-1], "context"), found, remedy="take one of these out")
            return
        if name in done or name not in beats:
            return
        for earlier in beats[name].context:
            yield from visit(earlier, (*path, name))
        done.add(name)

    for name in beats:
        yield from visit(name, ())


def _check_actions(town: Town, source: Source) -> Iterator[Problem]:
    slots = Slot.__args__  # type: ignore[attr-defined]
    for name, action in town.actions.items():
        yield from _untranslated(town, source, (name,), action)
        parameters = action.parameters.get("properties", {})
        for parameter, schema in parameters.items() if isinstance(parameters, dict) else ():
            slot = schema.get(SLOT_KEY) if isinstance(schema, dict) else None
            if slot is not None and slot not in slots:
                at = (name, "parameters", "properties", parameter, SLOT_KEY)
                yield source.unknown(at, "slot", str(slot), slots)
        yield from _check_schema(name, action.parameters, source)


def _check_schema(name: str, schema: dict[str, object], source: Source) -> Iterator[Problem]:
    from jsonschema import Draft202012Validator, SchemaError

    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        at: Location = (name, "parameters", *error.absolute_path)
        yield source.problem(at, f"is no JSON schema: {error.message}")


def _check_catalogue(town: Town, agents: set[str]) -> Iterator[Problem]:
    for name, item in town.items.items():
        where = _source_of(town, name)
        for seller in item.sold_by:
            if seller not in agents:
                yield where.unknown((name, "sold_by"), "agent", seller, agents)
        yield from _untranslated(town, where, (name,), item)
    for name, quest in town.quests.items():
        where = _source_of(town, name)
        if quest.giver not in agents:
            yield where.unknown((name, "giver"), "agent", quest.giver, agents)
        for reward in quest.reward.items:
            if reward not in town.items:
                yield where.unknown((name, "reward", "items"), "item", reward, town.items)
        yield from _untranslated(town, where, (name,), quest)


def _source_of(town: Town, lore_id: str) -> Source:
    file, _, line = next(iter(town.lore[lore_id].sources.values())).rpartition(":")
    return Source(file, None, {(): int(line)})


def _check_condition(
    town: Town, source: Source, at: Location, condition: Condition | None
) -> Iterator[Problem]:
    known = {
        "flags": set(town.config.world.flags),
        "quests": set(town.quests),
        "purses": {PLAYER, *town.agents},
        "items": {PLAYER, *town.agents},
    }
    for path in condition.root if condition else ():
        part, _, rest = path.partition(".")
        name = rest.split(".")[0]
        if part not in known:
            yield source.unknown((*at, path), "part of the world", part, known)
        elif name not in known[part]:
            yield source.unknown((*at, path), f"entry of {part}", name, known[part])


def _untranslated(
    town: Town, source: Source, at: Location, entry: BaseModel, skip: str = ""
) -> Iterator[Problem]:
    """Texts that lack one of the town's languages."""
    languages = tuple(town.config.languages)
    for field, info in type(entry).model_fields.items():
        if field == skip or field not in entry.model_fields_set:
            continue
        for location, value in _texts(getattr(entry, field), (*at, info.alias or field)):
            for language in value.missing(languages):
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
