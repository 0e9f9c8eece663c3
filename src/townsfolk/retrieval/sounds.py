"""Sparse vectors of how names sound, so that a query finds a name written in the other script."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from townsfolk.language.content import english_stopwords
from townsfolk.language.transliteration import sound_keys
from townsfolk.retrieval.stores.interface import Terms

LANGUAGES = ("en", "ko")


def sounds_of_passage(text: str, language: str) -> Terms:
    """The names of a passage; in English the words with a capital, in Korean all words."""
    return _terms([language], sound_keys(_spoken(text), names_only=True))


def sounds_of_query(text: str, language: str | None) -> Terms:
    """What a query's words sound like, to be looked for in the other languages' passages."""
    others = [other for other in LANGUAGES if other != language]
    return _terms(others, sound_keys(_spoken(text), names_only=False))


def _spoken(text: str) -> str:
    """A text without the English words that are in every one."""
    stopwords = english_stopwords()
    return " ".join(word for word in text.split() if word.lower().strip(".,?!'’") not in stopwords)


def _terms(languages: Iterable[str], keys: set[str]) -> Terms:
    # A number for each key, as a sparse vector wants; one that two keys share does little harm.
    indices = sorted({zlib.crc32(f"{spoken}:{k}".encode()) for spoken in languages for k in keys})
    return Terms(indices, [1.0] * len(indices))
