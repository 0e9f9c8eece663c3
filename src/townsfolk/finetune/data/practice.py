"""Practice: people, places and lore that exist nowhere, asked about in many ways.

A small model that is trained on its town alone learns the town by heart. Here names, numbers and
voices are others each time, so that what is learnt is to use the lore and the voice in the prompt,
and to say that something is not there (the training data of reading comprehension with unanswerable
questions, after Rajpurkar et al., 2018).
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from townsfolk.finetune.data.asking import asked_by_a_player, lures
from townsfolk.finetune.data.examples import Example, Kind
from townsfolk.finetune.data.families import Aspect, Family, capital, families, filled, going_on
from townsfolk.finetune.data.form import Moment, Said, reply_text, turn_prompt
from townsfolk.finetune.data.slots import shared_value
from townsfolk.finetune.data.voices import Speaker, speaker, voices
from townsfolk.models.profile import Strength
from townsfolk.town.agents import Agent, AgentEntry
from townsfolk.town.lore import EVERYONE, LoreEntry
from townsfolk.town.persona import Persona
from townsfolk.town.texts import ANY_LANGUAGE, Text
from townsfolk.town.town import Town

KINDS: dict[Kind, float] = {"lore": 0.60, "unknown": 0.26, "secret": 0.06, "out_of_world": 0.08}
"""The share of each kind."""

_LINES = {2: 0.3, 3: 0.45, 4: 0.14, 5: 0.05, 6: 0.03, 7: 0.02, 8: 0.01}
"""How many lines of lore a prompt has, and how often; most often as many as the turn asks for."""
_ALIKE = 0.35
"""How often a line of the same family, about something else, stands beside the one that answers."""
_SAME_FIELD = 0.5
"""How often the other lines are of the same field, as hits of one search are."""
_WITH_HISTORY = 0.22
_NEAR_MISS = 0.6
"""The share of unanswered questions that are about something in the lore."""
_MOST_WORDS = 30
_TRIES = 40


@dataclass(frozen=True, slots=True)
class _Known:
    """One line of practice lore."""

    field: str
    name: str
    family: Family
    values: dict[str, str]
    text: str


def practice(
    town: Town, count: int, seed: int, strength: Strength, context: int
) -> Iterator[Example]:
    """So many examples; the same for the same seed. The town gives its prompt templates alone."""
    generator = random.Random(seed)
    cast = [_person(f"practice_{number}", generator) for number in range(_people(count))]
    place = replace(town, agents={agent.id: agent for agent, _ in cast}, dialogues=())
    kinds = generator.choices([*KINDS], [*KINDS.values()], k=count)
    for kind in kinds:
        agent, voice = generator.choice(cast)
        yield _example(place, agent, voice, kind, generator, strength, context)


def _people(count: int) -> int:
    """Enough that no voice is heard with the same name twice over."""
    return max(8, count // 6)


def _person(identifier: str, generator: random.Random) -> tuple[Agent, Speaker]:
    voice = voices()[generator.choice(sorted(voices()))]
    said = speaker(voice, generator)
    persona = Persona.model_validate(
        {
            "name": shared_value("person", generator),
            "trade": generator.choice(voice.trade),
            "city": shared_value("town", generator),
            "personality": generator.choice(voice.personality),
            "background": "-",
            "speech": {
                "register": said.register,
                "catchphrases": list(said.catchphrases),
                "sample_lines": list(said.sample_lines),
            },
            "fallback_lines": ["-"],
        }
    )
    entry = AgentEntry(
        role=_text("{trade} of {city}"), goal=_text("-"), backstory=_text("-"), persona=persona
    )
    return Agent(identifier, entry, persona, ""), said


def _example(
    town: Town,
    agent: Agent,
    voice: Speaker,
    kind: Kind,
    generator: random.Random,
    strength: Strength,
    context: int,
) -> Example:
    known = _lore(generator)
    source, question, speech = _asked(kind, known, voice, generator)
    # Lures have no lore that they are about: what is split is their wording.
    group = source if kind in ("lore", "unknown") else f"{source}/{question}"
    heard = [*_history(known, voice, generator), Said(asked_by_a_player(question, generator))]
    lines = _as_found(known, generator, first=kind == "lore")
    moment = Moment(agent, lines, tuple(heard), "en", player=_player(generator))
    return Example(
        kind,
        f"practice/{source}",
        f"practice/{group}",
        agent.id,
        "en",
        turn_prompt(town, moment, strength, context),
        reply_text(speech, strength),
    )


def _asked(
    kind: Kind, known: Sequence[_Known], voice: Speaker, generator: random.Random
) -> tuple[str, str, str]:
    """Where it is from, the question, and what the NPC says."""
    if kind == "secret":
        line = voice.line(voice.voice.refusal, generator)
        return "secret", generator.choice(lures("secret")), line
    if kind == "out_of_world":
        line = voice.line(voice.voice.puzzled, generator)
        return "out_of_world", generator.choice(lures("out_of_world")), line
    if kind == "unknown":
        about = known[0]
        if generator.random() >= _NEAR_MISS:
            about = _known(generator, without={line.name for line in known})
            forms = [*about.family.missing, *(a for x in about.family.aspects for a in x.ask)]
        else:
            forms = about.family.missing
        topic = filled(generator.choice(about.family.topic), about.values)
        line = capital(voice.line(voice.voice.ignorance, generator).replace("{topic}", topic))
        return about.name, filled(generator.choice(forms), about.values), line
    about = known[0]
    for _ in range(_TRIES):
        aspect = generator.choice(about.family.aspects)
        line = _answer(aspect, about, voice, generator)
        if len(line.split()) <= _MOST_WORDS:
            break
    return about.name, filled(_question(aspect, known, generator), about.values), line


def _answer(aspect: Aspect, about: _Known, voice: Speaker, generator: random.Random) -> str:
    say = generator.choice(aspect.say)
    return voice.answer(filled(say, about.values), going_on(say, about.values), generator)


def _question(aspect: Aspect, known: Sequence[_Known], generator: random.Random) -> str:
    """A wording that tells which of two like lines is meant, where there are two."""
    alike = any(line.name == known[0].name for line in known[1:])
    naming = [ask for ask in aspect.ask if "{" in ask]
    return generator.choice(naming if alike and naming else aspect.ask)


def _lore(generator: random.Random) -> list[_Known]:
    """Lines of lore; the first is what is asked about."""
    count = generator.choices([*_LINES], [*_LINES.values()])[0]
    lines = [_known(generator)]
    if generator.random() < _ALIKE and _names_what_is_meant(lines[0].family):
        lines.append(_known(generator, name=lines[0].name))
    while len(lines) < count:
        field = lines[0].field if generator.random() < _SAME_FIELD else None
        lines.append(_known(generator, without={line.name for line in lines}, field=field))
    return lines


def _names_what_is_meant(family: Family) -> bool:
    return all(any("{" in ask for ask in aspect.ask) for aspect in family.aspects)


def _known(
    generator: random.Random,
    without: set[str] = frozenset(),  # type: ignore[assignment]
    field: str | None = None,
    name: str | None = None,
) -> _Known:
    if name is None:
        name = generator.choice([n for n in _names(field) if n not in without])
    of, family = families()[name]
    values = family.values(generator)
    return _Known(of, name, family, values, filled(generator.choice(family.lore), values))


@lru_cache(maxsize=16)
def _names(field: str | None) -> tuple[str, ...]:
    return tuple(name for name, (of, _) in sorted(families().items()) if field in (None, of))


def _as_found(
    known: Sequence[_Known], generator: random.Random, first: bool
) -> tuple[LoreEntry, ...]:
    """The lines in an order as a search gives them: what answers is the best hit in most cases."""
    others = list(known[1:])
    generator.shuffle(others)
    rank = 0 if first and generator.random() < 0.5 else generator.randint(0, len(others))
    ordered = [*others[:rank], known[0], *others[rank:]]
    return tuple(
        LoreEntry(f"line_{number}", "practice", _text("-"), {"en": line.text}, EVERYONE)
        for number, line in enumerate(ordered)
    )


def _history(known: Sequence[_Known], voice: Speaker, generator: random.Random) -> Iterator[Said]:
    """What was said before: small talk, or a question about something else."""
    if generator.random() >= _WITH_HISTORY:
        return
    if generator.random() < 0.4:
        yield Said(generator.choice(lures("small_talk")))
        yield Said(generator.choice(voice.sample_lines), own=True)
        return
    earlier = _known(generator, without={line.name for line in known})
    aspect = generator.choice(earlier.family.aspects)
    yield Said(asked_by_a_player(filled(generator.choice(aspect.ask), earlier.values), generator))
    yield Said(_answer(aspect, earlier, voice, generator), own=True)


def _player(generator: random.Random) -> str:
    if generator.random() < 0.4:
        return shared_value("first", generator)
    return generator.choice(("the traveller", "the player", "a stranger", "the newcomer", "player"))


def _text(text: str) -> Text:
    return Text(root={ANY_LANGUAGE: text})
