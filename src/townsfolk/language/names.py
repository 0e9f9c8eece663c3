"""Names in a text."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from itertools import pairwise

from townsfolk.language.sentences import split_sentences

_WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]+(?:['’][A-Za-z]+)*")
_ALWAYS = {"I", "I'm", "I'll", "I've", "I'd", "I’m", "I’ll", "I’ve", "I’d", "Aye", "God", "Gods"}


@lru_cache(maxsize=4096)
def capitalised(text: str) -> tuple[str, ...]:
    """English words with a capital that do not open a sentence or a quotation."""
    found: list[str] = []
    for sentence in split_sentences(text):
        for match in _WORD.finditer(sentence):
            before = sentence[: match.start()].rstrip()
            opens = not before or before[-1] in "\"“‘'(:—-" or before.endswith(("...", "…"))
            if match.group()[0].isupper() and not opens and match.group() not in _ALWAYS:
                found.append(match.group())
    return tuple(found)


def name_pairs(text: str) -> set[tuple[str, str]]:
    """Words with a capital that stand side by side, in lower case, possessives cut."""
    found = list(_WORD.finditer(text))
    return {
        (_bare(a.group()), _bare(b.group()))
        for a, b in pairwise(found)
        if a.group()[0].isupper() and b.group()[0].isupper()
        and not text[a.end() : b.start()].strip(" ")
    }  # fmt: skip


def name_words(texts: Iterable[str]) -> set[str]:
    """The words of names and texts that start with a capital, in lower case, possessives cut."""
    return {word for text in texts for word in _name_words(text)}


@lru_cache(maxsize=4096)
def _name_words(text: str) -> frozenset[str]:
    words = (match.group() for match in _WORD.finditer(text))
    return frozenset(_bare(word) for word in words if word[0].isupper())


def unknown_names(text: str, known: Collection[str]) -> list[str]:
    """Capitalised words that are not among the known ones (given as by `name_words`)."""
    return [word for word in capitalised(text) if _bare(word) not in known]


def sound(word: str) -> str:
    """How a word sounds, roughly: its consonants, after the Soundex code of Russell (1918)."""
    letters = re.sub(r"[^a-z]", "", word.lower())
    bare = re.sub(r"(?<=.)[aeiouyhw]", "", letters)
    code = re.sub(r"(.)\1+", r"\1", bare)
    return code if len(code) > 1 else letters


def _bare(word: str) -> str:
    return re.sub(r"['’]s?$", "", word).lower()


def mentions(text: str, name: str) -> bool:
    """Whether a text names something: by whole words in English, before any particle in Korean."""
    return place_of(text, name) is not None


def place_of(text: str, name: str) -> int | None:
    """Where a text first names something; None where it does not."""
    match = _pattern(name).search(text)
    return match.start() if match else None


@lru_cache(maxsize=4096)
def _pattern(name: str) -> re.Pattern[str]:
    if re.search(r"[가-힣]", name):
        return re.compile(r"\s*".join(map(re.escape, re.sub(r"\s+", "", name))))
    words = r"\s+".join(re.escape(part) for part in name.split())
    return re.compile(rf"(?<!\w){words}(?:['’]?s)?(?!\w)", re.IGNORECASE)
