"""How names sound, across Hangul and Latin letters: 이그나르 and Ignar.

A name keeps most of its consonants when it is written in another script, and few of its vowels. So
its key is its consonants, each class of them one letter, after Soundex (Russell, 1918), with the
Korean values of the loanword orthography (외래어 표기법, 1986). One name has several keys where
letters may be read in several ways.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

# fmt: off
_INITIALS = ("k", "k", "n", "t", "t", "l", "m", "p", "p", "s", "s", "_", "j", "j", "j", "k", "t",
             "p", "h")
_FINALS = ("", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "p", "l", "l", "l", "l", "m", "p",
           "p", "t", "t", "n", "t", "t", "k", "t", "p", "t")
# fmt: on
_FIRST, _LAST = 0xAC00, 0xD7A3
_GROUPS = (
    ("sch", "s"), ("tch", "J"), ("ch", "J"), ("sh", "s"), ("ph", "p"), ("th", "s"), ("ck", "k"),
    ("gh", "k"), ("qu", "k"), ("ng", "n"), ("x", "ks"), ("dge", "J"), ("ge", "Je"), ("gi", "Ji"),
    ("ce", "se"), ("ci", "si"), ("cy", "sy"),
)  # fmt: skip
_LETTERS = dict(zip("bpfvckgqdtlrmnszjJh", "ppppkkkkttllmnsjjjh", strict=True))
_OTHER_READINGS = (
    (r"r(?![aeiouy])", ""), ("re$", ""), ("g(?=[ei])", "k"), ("th", "t"), ("ng", "nk"),
    ("z", "s"), ("ch", "k"),
)  # fmt: skip
"""A silent r, a hard g, and so on: each gives one more key."""
_PARTICLE = re.compile(
    r"(?:에서는|에서|에게서|에게|한테|까지|부터|으로|이라는|라는|이란|이라|처럼|보다|께서|이나|마다|조차|밖에|"
    r"네|이|가|은|는|을|를|도|로|와|과|의|만|나|랑|라|에|께|란|여|고)$"
)
_WORD = re.compile(r"[A-Za-z][A-Za-z'’]+")
_HANGUL = re.compile(r"[가-힣]{2,}")
SHORTEST = 2
"""Consonants of a key that tells anything."""


def sound_keys(text: str, names_only: bool) -> set[str]:
    """The keys of the words of a text; of English ones only those with a capital if so asked."""
    keys: set[str] = set()
    for word in _WORD.findall(text):
        if word[0].isupper() or not names_only:
            keys |= english_keys(word)
    for word in _HANGUL.findall(text):
        keys |= {korean_key(form) for form in _forms(word)}
    return {key for key in keys if len(key) >= SHORTEST}


@lru_cache(maxsize=8192)
def english_keys(word: str) -> frozenset[str]:
    """The keys of an English word or name, one for each way to read it."""
    bare = re.sub(r"[^a-z]", "", re.sub(r"['’]s?$", "", word.lower()))
    if len(bare) <= SHORTEST:
        return frozenset()
    readings = {bare, *(re.sub(old, new, bare) for old, new in _OTHER_READINGS)}
    return frozenset(_english_key(reading) for reading in readings)


@lru_cache(maxsize=8192)
def korean_key(word: str) -> str:
    """The key of a word in Hangul."""
    letters: list[str] = []
    for place, syllable in enumerate(word):
        code = ord(syllable) - _FIRST
        if not 0 <= code <= _LAST - _FIRST:
            continue
        initial = _INITIALS[code // 588]
        if initial != "_":
            letters.append(initial)
        elif place == 0:
            letters.append("a")
        letters.append(_FINALS[code % 28])
    return _squeezed("".join(letters))


def _english_key(word: str) -> str:
    word = re.sub(r"^(?:kn|gn)", "n", word)
    word = re.sub(r"^wr", "r", re.sub(r"^ps", "s", word))
    for group, sound in _GROUPS:
        word = word.replace(group, sound)
    opens = "a" if word[:1] in tuple("aeiouyw") else ""
    return _squeezed(opens + "".join(_LETTERS.get(letter, "") for letter in word))


def _forms(word: str) -> Iterator[str]:
    """A word, and what is left without its particle."""
    yield word
    bare = _PARTICLE.sub("", word)
    if bare != word and len(bare) > 1:
        yield bare


def _squeezed(letters: str) -> str:
    return re.sub(r"(.)\1+", r"\1", letters)
