"""Sentences and words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

_END = re.compile(r"(?<=[.!?…])([\"'”’)]*)\s+|\n+")
_ABBREVIATION = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|St|Sgt|Capt)\.$")
_WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]+(?:['’][A-Za-z]+)?|[가-힣]+|\d+(?:[.,]\d+)*")


def split_sentences(text: str) -> list[str]:
    """The sentences of a text, in order, with their punctuation."""
    sentences: list[str] = []
    text = text.strip()
    ends = [(max(end.start(), end.end(1)), end.end()) for end in _END.finditer(text)]
    starts = [0, *(start for _, start in ends)]
    for start, stop in zip(starts, [*(stop for stop, _ in ends), len(text)], strict=True):
        piece = text[start:stop]
        if not piece.strip():
            continue
        if sentences and _ABBREVIATION.search(sentences[-1]):
            sentences[-1] = f"{sentences[-1]} {piece.strip()}"
        else:
            sentences.append(piece.strip())
    return sentences


def words(text: str) -> list[str]:
    """The words of a text in lower case: Latin words, eojeol, numbers."""
    return [*_words(text)]


@lru_cache(maxsize=8192)
def _words(text: str) -> tuple[str, ...]:
    return tuple(match.group().lower() for match in _WORD.finditer(text))


def stands_in(phrase: Sequence[str], said: Sequence[str]) -> bool:
    """Whether the words of a phrase stand in a text's, one after the other."""
    wanted, length = list(phrase), len(phrase)
    return any(list(said[i : i + length]) == wanted for i in range(len(said) - length + 1))


def ends_sentence(text: str) -> bool:
    """Whether a text ends where a sentence does."""
    return bool(re.search(r"[.!?…][\"'”’)]*$", text.rstrip()))
