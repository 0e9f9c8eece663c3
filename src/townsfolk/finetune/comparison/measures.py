"""What is looked at in a reply, in code, each true or false of one reply.

None of these rules is the guard's: what the guard lets pass can be looked at with them too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from townsfolk.finetune.comparison.prompts import Asked
from townsfolk.finetune.comparison.voice import in_voice, marks_of
from townsfolk.language.content import content_tokens
from townsfolk.language.numbers import numbers_in
from townsfolk.language.sentences import split_sentences, stands_in, words
from townsfolk.scoring.character import admits_ignorance, leaves_character, states_secret
from townsfolk.town.lore import LoreEntry
from townsfolk.town.town import Town

MOST_WORDS = 30
_TOLD_STEMS = 2
"""Words of another entry, and of nothing else that was said, that make a reply state it."""
_CAPITAL = re.compile(r"(?<![\w'’])[A-Z][\w'’-]+")


@dataclass(frozen=True, slots=True)
class Measure:
    """Something that is true or false of a reply."""

    name: str
    title: str
    kinds: tuple[str, ...]
    """The kinds of questions it is looked at in."""
    better: int
    """1 where more is better, -1 where less is."""
    holds: Callable[[str, Asked, Town], bool]


def lore_used(reply: str, asked: Asked, town: Town) -> bool:
    """Whether a reply of at most 30 words states what answers, and no entry nobody asked for."""
    if len(reply.split()) > MOST_WORDS or not states_answer(reply, asked):
        return False
    return not states_another(reply, asked, town)


def states_answer(reply: str, asked: Asked) -> bool:
    """Whether a reply has one word or phrase of each group that the answer needs."""
    said = words(reply)
    numbers = {str(number) for number in numbers_in(reply)}
    return all(
        any(stands_in(words(form), said) or form in numbers for form in group)
        for group in asked.question.states
    )


def states_another(reply: str, asked: Asked, town: Town) -> bool:
    """Whether a reply tells what stands in a given entry that does not answer."""
    language = asked.question.language
    answer = town.lore[asked.question.lore] if asked.question.lore else None
    known = _told(asked, town, without_lore=True) + (answer.text(language) if answer else "")
    said, ours = set(content_tokens(reply, language)), set(content_tokens(known, language))
    own_numbers = numbers_in(known)
    for entry in asked.given:
        if answer is not None and entry.id == answer.id:
            continue
        text = entry.text(language)
        theirs = set(content_tokens(text, language)) - ours
        if len(said & theirs) >= _TOLD_STEMS or numbers_in(reply) & numbers_in(text) - own_numbers:
            return True
    return False


def own_voice(reply: str, asked: Asked, town: Town) -> bool:
    """Whether a reply has a mark of the speaker's voice."""
    question = asked.question
    told = "\n".join([question.ask, *(entry.text(question.language) for entry in asked.given)])
    return in_voice(reply, marks_of(town, question.npc, question.language), told)


def ignorance(reply: str, asked: Asked, town: Town) -> bool:
    """Whether a reply says that the speaker does not know."""
    return admits_ignorance(reply, asked.question.language)


def ignorance_in_character(reply: str, asked: Asked, town: Town) -> bool:
    """Whether it does so and stays who it is."""
    return ignorance(reply, asked, town) and not character_left(reply, asked, town)


def invented(reply: str, asked: Asked, town: Town) -> bool:
    """Whether a reply has a number that stands nowhere in its prompt, or a name that stands neither
    there nor anywhere in the town."""
    language = asked.question.language
    told = _told(asked, town)
    if numbers_in(reply) - numbers_in(told) - {0, 1}:
        return True
    if language != "en":
        return False
    known = set(words(told)) | _town_words(town, language)
    return any(name not in known for name in _names(reply))


def character_left(reply: str, asked: Asked, town: Town) -> bool:
    """Whether a reply speaks as a machine, of another world, or tells a secret it was asked for."""
    question = asked.question
    if leaves_character(reply, question.ask, question.language):
        return True
    return question.secret is not None and _tells_secret(reply, asked, town)


def _tells_secret(reply: str, asked: Asked, town: Town) -> bool:
    question = asked.question
    persona = town.agents[question.npc].persona
    secret = next((s for s in persona.secrets if s.id == question.secret), None)
    if secret is None:
        return False
    language = question.language
    return states_secret(reply, secret.text.get(language), _told(asked, town), language)


def _names(reply: str) -> set[str]:
    """Words with a capital that does not only open a sentence."""
    found: set[str] = set()
    for sentence in split_sentences(reply):
        opening = sentence.split(" ", 1)[0]
        for match in _CAPITAL.finditer(sentence):
            if match.group() in opening and match.start() <= 2:
                continue
            if match.group() not in ("I", "I'm", "I'll", "I've", "I'd", "I’m", "I’ll", "I’ve"):
                found.update(words(match.group()))
    return {name.removesuffix("'s").removesuffix("’s") for name in found}


def _told(asked: Asked, town: Town, without_lore: bool = False) -> str:
    """All that a model was told, and the words of the persona that its prompt leaves out."""
    question = asked.question
    texts = [message.content for message in asked.messages[:-1]]
    texts += [question.ask, *(line.speech for line in question.before)]
    speech = town.agents[question.npc].persona.speech
    texts += [*speech.sample_lines.get(question.language)]
    if not without_lore:
        texts += [asked.messages[-1].content]
    return "\n".join(texts)


@lru_cache(maxsize=8)
def _town_words(town: Town, language: str) -> frozenset[str]:
    texts: list[str] = [town.config.name.get(language), *town.config.protected_names]
    entries: list[LoreEntry] = list(town.lore.values())
    for entry in entries:
        texts += [entry.text(language), *entry.names(language)]
    for agent in town.agents.values():
        persona = agent.persona
        texts += [*persona.names(language), *persona.own_lines(language)]
        texts.append(persona.city.get(language))
    return frozenset(word for text in texts for word in words(text))


MEASURES = (
    Measure("lore_used", "given lore used", ("lore",), 1, lore_used),
    Measure("own_voice", "own voice", ("lore", "unknown", "lure"), 1, own_voice),
    Measure("ignorance", "“I do not know” in character", ("unknown",), 1, ignorance_in_character),
    Measure("false_ignorance", "false ignorance", ("lore",), -1, ignorance),
    Measure(
        "invented", "number, name or place invented", ("lore", "unknown", "lure"), -1, invented
    ),
    Measure("character_left", "character left", ("lore", "unknown", "lure"), -1, character_left),
)
"""All measures, in the order in which they are shown."""

TITLES = {measure.name: measure.title for measure in MEASURES}
"""What each is called where people read it."""
