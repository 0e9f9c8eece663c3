"""Which of many names a text has, without a look at each of them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from townsfolk.language.names import mentions

_HANGUL = re.compile(r"[가-힣]")
_WORD = re.compile(r"[^\W_]+")


class NameFinder:
    """Names, each kept under a part of it that few others have.

    A Korean name is kept under its first two letters, for it may run on into particles; others
    under the word of theirs that the fewest names have.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._order = {name: place for place, name in enumerate(dict.fromkeys(names))}
        self._by_part: dict[str, list[str]] = defaultdict(list)
        words = {name: _words(name) for name in self._order if not _HANGUL.search(name)}
        shared = Counter(word for found in words.values() for word in found)
        for name in self._order:
            if name not in words:
                self._by_part[_squeezed(name)[:2]].append(name)
            elif words[name]:
                self._by_part[min(words[name], key=lambda word: shared[word])].append(name)

    def in_text(self, text: str) -> list[str]:
        """The names that a text has, in the order they were given."""
        squeezed = _squeezed(text)
        parts = {squeezed[place : place + 2] for place in range(len(squeezed))}
        parts |= {squeezed[place : place + 1] for place in range(len(squeezed))}
        parts |= {form for word in _words(text) for form in (word, word.removesuffix("s"))}
        found = {
            name for part in parts for name in self._by_part.get(part, ()) if mentions(text, name)
        }
        return sorted(found, key=self._order.__getitem__)


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]
