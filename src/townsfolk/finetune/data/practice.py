"""Practice: people, places and lore that exist nowhere, asked about in many ways.

A small model that is trained on its town alone learns the town by heart. Here names, numbers and
voices are others each time, so that what is learnt is to use the lore and the voice in the prompt,
and to say that something is not there (the training data of reading comprehension with unanswerable
questions, after Rajpurkar et al., 2018).

Each scene is asked several questions, some of which its lore answers: the prompts differ in the
question alone, and so do the replies for no other reason (contrast sets, Gardner et al., 2020).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from townsfolk.finetune.data.asking import asked_by_a_player, lures, tasks
from townsfolk.finetune.data.examples import Example, Kind
from townsfolk.finetune.data.families import Aspect, capital, filled, going_on
from townsfolk.finetune.data.form import Moment, Said, reply_text, turn_prompt
from townsfolk.finetune.data.practice_lore import Line, Lore, Pool, invented_lore
from townsfolk.finetune.data.slots import shared_value
from townsfolk.finetune.data.voices import Speaker, speaker, voices
from townsfolk.models.profile import Strength
from townsfolk.town.agents import Agent, AgentEntry
from townsfolk.town.persona import Persona
from townsfolk.town.texts import ANY_LANGUAGE, Text
from townsfolk.town.town import Town

QUESTIONS = 6
"""Questions that are asked of one scene."""
KINDS: dict[Strength, dict[Kind, float]] = {
    "weak": {"lore": 0.85, "task": 0.15},
    "strong": {"lore": 0.5, "unknown": 0.2, "secret": 0.07, "out_of_world": 0.08, "task": 0.15},
}
"""The share of each kind where lore is given. A small model cannot tell whether an entry answers a
question: asked to learn it, it says "I do not know" as often where one does as where none does. So
to it what the search did not find by chance is the answer; only without lore nothing is known."""
WITHOUT_LORE: dict[Kind, float] = {
    "unknown": 0.62, "secret": 0.09, "out_of_world": 0.11, "task": 0.18,
}  # fmt: skip
"""The same where none is."""
LURES = ("secret", "out_of_world")

_BEST_HIT = 0.6
"""How often a question is about the best hit; else about any of them. As often as the search of a
town has it right, so that the others are read too."""
_QUOTED = 0.9
"""How often an answer is lore as it stands, where it answers."""
_LONGEST_QUOTED = 25
"""Words: a line that has no more is told whole, of a longer one the sentence that answers."""
_WITH_HISTORY = 0.22
_NEAR_MISS = 0.6
"""The share of unanswered questions that are about something in the lore."""
_PLAIN_IGNORANCE = 0.6
"""How often "I do not know" is said in the words that any voice has."""
_SOCIAL = 0.2
"""The share of tasks without a fact to say, where lore is given; without any all are such."""
_FREE = 0.3
"""The share of those that are no task but small talk to be answered, where no lore is given: where
some is, it is always said."""
_QUESTIONED = 0.5
"""The share of the other tasks that answer a question."""
_MOST_WORDS = 30
_TRIES = 40

PartOf = Callable[[str], str]
"""The part of the data set that a group of examples belongs to."""


@dataclass(frozen=True, slots=True)
class _Scene:
    """Who is asked, by whom, after what, and what lore stands in the prompt."""

    town: Town
    agent: Agent
    voice: Speaker
    lore: Lore
    heard: tuple[Said, ...]
    player: str
    group: str


def practice(
    town: Town, count: int, seed: int, strength: Strength, context: int, part_of: PartOf
) -> Iterator[Example]:
    """So many examples; the same for the same seed. The town gives its prompt templates alone.

    No family and no lure is asked about in two parts of the data set.
    """
    generator = random.Random(seed)
    made = 0
    while made < count:
        pool = Pool.of_part(part_of, generator)
        scene = _scene(town, made // QUESTIONS, pool, generator)
        questions = min(QUESTIONS, count - made)
        shares = KINDS[strength] if scene.lore.hits else WITHOUT_LORE
        kinds = {k: share for k, share in shares.items() if k not in LURES or pool.lures(k)}
        for kind in generator.choices([*kinds], [*kinds.values()], k=questions):
            yield _example(scene, kind, pool, generator, strength, context)
        made += questions


def _scene(town: Town, number: int, pool: Pool, generator: random.Random) -> _Scene:
    agent, voice = _person(f"practice_{number}", generator)
    lore = invented_lore(pool, generator)
    return _Scene(
        replace(town, agents={agent.id: agent}, dialogues=()),
        agent,
        voice,
        lore,
        tuple(_history(pool, lore, voice, generator)),
        _player(generator),
        pool.group(lore, generator),
    )


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
    scene: _Scene,
    kind: Kind,
    pool: Pool,
    generator: random.Random,
    strength: Strength,
    context: int,
) -> Example:
    if kind == "task":
        source, moment, speech = _task(scene, generator)
    else:
        source, question, speech = _asked(kind, scene, pool, generator)
        heard = (*scene.heard, Said(asked_by_a_player(question, generator)))
        moment = Moment(scene.agent, scene.lore.entries, heard, "en", player=scene.player)
    return Example(
        kind,
        f"practice/{source}",
        scene.group,
        scene.agent.id,
        "en",
        turn_prompt(scene.town, moment, strength, context),
        reply_text(speech, strength),
    )


def _task(scene: _Scene, generator: random.Random) -> tuple[str, Moment, str]:
    """A beat: with facts that it has to say, or to say something in its own manner."""
    voice = scene.voice
    small_talk = Said(asked_by_a_player(generator.choice(lures("small_talk")), generator))
    moment = Moment(
        scene.agent, scene.lore.entries, (*scene.heard, small_talk), "en", player=scene.player
    )
    if not scene.lore.hits or generator.random() < _SOCIAL:
        lines = [line for line in voice.voice.sample_lines if line not in voice.sample_lines]
        free = not scene.lore.hits and generator.random() < _FREE
        task = "" if free else generator.choice(tasks("social"))
        return "task", replace(moment, task=task), voice.line(lines, generator)
    about = scene.lore.asked_about(_BEST_HIT, generator)
    aspect, line = _aspect(about, voice, generator)
    if generator.random() < _QUESTIONED:
        question = filled(_question(aspect, about, scene.lore, generator), about.values)
        asked = Said(asked_by_a_player(question, generator))
        moment = replace(moment, heard=(*scene.heard, asked))
    entries, conveyed = scene.lore.conveying(about, [about.values[slot] for slot in aspect.fact])
    task = generator.choice(tasks("told"))
    return about.name, replace(moment, lore=entries, task=task, conveys=(conveyed,)), line


def _asked(kind: Kind, scene: _Scene, pool: Pool, generator: random.Random) -> tuple[str, str, str]:
    """Where it is from, the question, and what the NPC says."""
    voice, lore = scene.voice, scene.lore
    if kind in LURES:
        lines = voice.voice.refusal if kind == "secret" else voice.voice.puzzled
        return kind, generator.choice(pool.lures(kind)), voice.line(lines, generator)
    if kind == "unknown":
        far = not lore.hits or (generator.random() >= _NEAR_MISS and pool.others(lore.families))
        if far:
            about = pool.known(generator, without=lore.families)
            forms = [*about.family.missing, *(a for x in about.family.aspects for a in x.ask)]
        else:
            about = lore.asked_about(_BEST_HIT, generator)
            forms = [*about.family.missing]
        topic = filled(generator.choice(about.family.topic), about.values)
        return about.name, filled(generator.choice(forms), about.values), \
            _ignorance(voice, topic, generator)  # fmt: skip
    about = lore.asked_about(_BEST_HIT, generator)
    aspect, line = _aspect(about, voice, generator)
    return about.name, filled(_question(aspect, about, lore, generator), about.values), line


def _aspect(about: Line, voice: Speaker, generator: random.Random) -> tuple[Aspect, str]:
    """Something to tell of a line, and an answer that is short enough, where there is one."""
    for _ in range(_TRIES):
        aspect = generator.choice(about.family.aspects)
        line = _answer(aspect, about, voice, generator)
        if len(line.split()) <= _MOST_WORDS:
            break
    return aspect, line


def _answer(aspect: Aspect, about: Line, voice: Speaker, generator: random.Random) -> str:
    """The lore that answers, or the fact in a sentence of its own, in the voice."""
    short = [form for form in about.quotable(aspect) if len(form.split()) <= _LONGEST_QUOTED]
    say = short[0] if short and generator.random() < _QUOTED else generator.choice(aspect.say)
    return voice.answer(filled(say, about.values), going_on(say, about.values), generator)


def _ignorance(voice: Speaker, topic: str, generator: random.Random) -> str:
    if generator.random() < _PLAIN_IGNORANCE:
        plain = generator.choice(lures("ignorance")).replace("{topic}", topic)
        inner = plain if plain.startswith(("I ", "I'")) else plain[:1].lower() + plain[1:]
        return voice.answer(plain, inner, generator)
    return capital(voice.line(voice.voice.ignorance, generator).replace("{topic}", topic))


def _question(aspect: Aspect, about: Line, lore: Lore, generator: random.Random) -> str:
    """A wording that tells which of two like lines is meant, where there are two."""
    alike = sum(line.name == about.name for line in lore.lines) > 1
    naming = [ask for ask in aspect.ask if "{" in ask]
    return generator.choice(naming if alike and naming else aspect.ask)


def _history(pool: Pool, lore: Lore, voice: Speaker, generator: random.Random) -> Iterator[Said]:
    """What was said before: small talk, or a question about something else."""
    if generator.random() >= _WITH_HISTORY:
        return
    if generator.random() < 0.4 or not pool.others(lore.families):
        yield Said(generator.choice(lures("small_talk")))
        yield Said(generator.choice(voice.sample_lines), own=True)
        return
    earlier = pool.known(generator, without=lore.families)
    aspect = generator.choice(earlier.family.aspects)
    yield Said(asked_by_a_player(filled(generator.choice(aspect.ask), earlier.values), generator))
    yield Said(_answer(aspect, earlier, voice, generator), own=True)


def _player(generator: random.Random) -> str:
    if generator.random() < 0.4:
        return shared_value("first", generator)
    return generator.choice(("the traveller", "the player", "a stranger", "the newcomer", "player"))


def _text(text: str) -> Text:
    return Text(root={ANY_LANGUAGE: text})
