"""What the rules of the guard look at."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from townsfolk.language.content import content_stems
from townsfolk.language.money import Currency, amounts, currency_of
from townsfolk.language.names import name_words
from townsfolk.language.numbers import numbers_in, numerals
from townsfolk.language.sentences import words
from townsfolk.town.lore import LoreEntry
from townsfolk.town.town import Town
from townsfolk.turns.guard.known_money import Money, sources_in
from townsfolk.turns.guard.phrases import Phrase
from townsfolk.turns.guard.secrets import secret_phrases
from townsfolk.turns.guard.town_words import TownWords, capital_words, words_for
from townsfolk.turns.guard.wares import wares_of
from townsfolk.turns.key_facts import required_facts
from townsfolk.turns.known import sayable, tellable
from townsfolk.turns.part import Part
from townsfolk.turns.situation import Situation


def _none(part: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class GuardContext:
    """The surroundings of a line: who speaks, what it rests on, what was said and prompted."""

    language: str
    korean_level: str | None
    own_names: tuple[str, ...]
    other_names: tuple[str, ...]
    addressee: str
    """The name of whom it speaks to; empty for everybody."""
    max_words: int
    earlier: tuple[str, ...]
    """Lines that were spoken before, as this NPC heard them."""
    prompt: str
    """All of the prompt but its lore; nothing of it may be repeated at length."""
    known_numbers: frozenset[int]
    known_names: frozenset[str]
    must_convey: tuple[LoreEntry, ...]
    topic: frozenset[str] | None = None
    """Stems of what the turn is about; None where the model is trusted to keep to it."""
    expected: str = ""
    """The author's line for the beat of a weak model, which has to say something of the kind."""
    instructions: str = ""
    """What only the prompt says: the task, what is expected, how the persona is described."""
    grounds: str = ""
    """What may be said as it stands: lore, the authored line, lines in the persona's voice."""
    money: Money = field(default_factory=lambda: Money(currency_of("{amount} silver", "en")))
    name_pairs: frozenset[tuple[str, str]] = frozenset()
    """Words of names that stand side by side in the town's texts; none where that is not known."""
    cast: tuple[str, ...] = ()
    """Everybody in the town, by all their names."""
    year: int | None = None
    """The year that the story is in."""
    secrets: frozenset[Phrase] = frozenset()
    """Phrases that are not to be told here."""
    town_text: Callable[[str], bool] = _none
    """Whether letters stand anywhere in what the town's author wrote, or in what was heard."""
    town_word: Callable[[str], bool] = _none
    """Whether that has a word."""

    @property
    def people(self) -> tuple[str, ...]:
        """The names of everybody who is there or lives in the town."""
        return tuple(dict.fromkeys([*self.other_names, *self.own_names, *self.cast]))

    @property
    def others(self) -> tuple[str, ...]:
        """The names of everybody else who is there or lives in the town."""
        return tuple(name for name in self.people if name not in self.own_names)

    def town_has(self, phrase: str) -> bool:
        """Whether the town's author used a word or phrase of somebody's own days."""
        if self.language == "ko":
            return self.town_text(phrase)
        return self.town_text(phrase) if " " in phrase else self.town_word(phrase.lower())


def guard_context(
    town: Town,
    part: Part,
    situation: Situation,
    given: tuple[LoreEntry, ...],
    prompt: str,
    strength: str = "strong",
) -> GuardContext:
    """The surroundings of one NPC turn."""
    agent, beat, scene, language = part.agent, part.beat, situation.scene, situation.language
    persona = agent.persona
    heard = [turn.speech for turn in tellable(town, situation, agent.id)]
    own = persona.names(language)
    people = [town.character_name(name, scene, language) for name in situation.present]
    voice = [*persona.speech.catchphrases.get(language), *persona.speech.sample_lines.get(language)]
    lore = [entry.text(language) for entry in given]
    about = [
        situation.place,
        scene.premise.get(language),
        scene.player.persona.get(language) if scene.player.persona else "",
        beat.description.get(language),
        persona.background.get(language),
        persona.personality.get(language),
        *voice,
        *lore,
    ]
    authored = [text.get(language) for text in (beat.authored, beat.say) if text]
    must_convey = tuple(town.lore[lore_id] for lore_id in beat.must_convey)
    rests_on = [*about, *heard, *authored]
    present = frozenset(situation.present)
    town_words = words_for(town, agent.id, present, language)
    said = _Said(town_words, "\n".join([*heard, *people, *own]))
    named = name_words([*rests_on, *own, *people]) - _opening_words(rests_on, town_words)
    return GuardContext(
        language=language,
        korean_level=persona.speech.korean_level,
        own_names=tuple(own),
        other_names=tuple(name for name in people if name not in own),
        addressee=town.character_name(beat.to, scene, language) if beat.to else "",
        max_words=agent.entry.max_words,
        earlier=tuple(turn.speech for turn in situation.heard_by(agent.id)),
        prompt=prompt,
        known_numbers=frozenset(number for text in rests_on for number in numbers_in(text)),
        known_names=_lore_names(town, agent.id, present, language) | named,
        must_convey=must_convey,
        topic=_topic([*about, *heard[-2:]]) if strength == "weak" and language == "en" else None,
        expected="\n".join(authored) if strength == "weak" and language == "en" else "",
        instructions="\n".join(_instructions(part, language)),
        grounds="\n".join(
            [*lore, *authored, *voice, *(entry.text(language) for entry in must_convey)]
        ),
        money=_money(
            town,
            language,
            [*about, *authored],
            heard,
            voice,
            [beat.description.get(language)],
            authored,
            required_facts(must_convey, language),
        ),
        name_pairs=town_words.name_pairs,
        cast=_cast(town, language),
        year=_year(town),
        secrets=secret_phrases(town, agent.id, present, language, [*heard, *authored]),
        town_text=said.has,
        town_word=said.has_word,
    )


@dataclass(frozen=True)
class _Said:
    """What the town's author wrote and what was heard."""

    town: TownWords
    heard: str

    def has(self, part: str) -> bool:
        return self.town.has(part) or part in self.heard

    def has_word(self, word: str) -> bool:
        return word in self.town.words or word in words(self.heard)


def _money(
    town: Town,
    language: str,
    about: list[str],
    heard: list[str],
    voice: list[str],
    task: list[str],
    authored: list[str],
    due: list[str],
) -> Money:
    currency = currency_of(town.config.currency.get(language), language)
    texts = tuple(dict.fromkeys([*about, *heard]))
    return Money(
        currency=currency,
        wares=wares_of(town, language),
        sources=tuple(source for text in texts for source in sources_in(text, currency)),
        offered=_values([*heard, *task], currency),
        voiced=_values(voice, currency),
        supposed=_values(authored, currency),
        due=_values(due, currency),
        counts=frozenset(n.value for text in heard[-2:] for n in numerals(text) if not n.ordinal),
        asked=heard[-1] if heard else "",
        texts=texts,
    )


def _year(town: Town) -> int | None:
    time = town.config.story_time
    return int(time.root.split("-")[0]) if time else None


def _values(texts: list[str], currency: Currency) -> frozenset[int]:
    return frozenset(amount.value for text in texts for amount in amounts(text, currency))


def _instructions(part: Part, language: str) -> list[str]:
    persona, entry, beat = part.agent.persona, part.agent.entry, part.beat
    texts = (
        beat.description, beat.expected_output, persona.personality, persona.speech.register_,
        entry.role, entry.goal, entry.backstory,
    )  # fmt: skip
    return [*(text.get(language) for text in texts), *persona.taboos.get(language)]


@lru_cache(maxsize=32)
def _cast(town: Town, language: str) -> tuple[str, ...]:
    """All names of everybody in the town, first names too."""
    names: list[str] = []
    for agent in town.agents.values():
        names += [*agent.persona.names(language), agent.name(language).split()[0]]
    return tuple(dict.fromkeys(names))


@lru_cache(maxsize=512)
def _lore_names(
    town: Town, agent_id: str, present: frozenset[str], language: str
) -> frozenset[str]:
    """The words of names in all lore that an NPC may speak of before these hearers."""
    names = [town.config.name.get(language), *town.config.protected_names]
    texts: list[str] = []
    for entry in sayable(town, agent_id, present):
        texts.append(entry.text(language))
        names += entry.names(language)
    opening = _opening_words(texts, words_for(town, agent_id, present, language))
    return frozenset(name_words([*names, *texts])) - (opening - name_words(names))


def _opening_words(texts: list[str], town_words: TownWords) -> frozenset[str]:
    """Words that have a capital only because they open a sentence."""
    return (frozenset(name_words(texts)) & town_words.lower) - capital_words(texts)


def _topic(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(stem for text in texts for stem in content_stems(text))
