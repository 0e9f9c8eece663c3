"""Which of many names a text has, without a look at each of them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from townsfolk.language.names import mentions

_HANGUL = re.compile(r"[가-힣]")
_WORD = re.compile(r"[^\W_]+")


class NameFinder:
    """Names, kept so that a text leads to them.

    A Korean name may stand anywhere and run on into particles: it is looked up by its letters
    without spaces. Others are kept under the word of theirs that the fewest names have.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._order = {name: place for place, name in enumerate(dict.fromkeys(names))}
        self._korean: dict[str, list[str]] = defaultdict(list)
        self._by_word: dict[str, list[str]] = defaultdict(list)
        words = {name: _words(name) for name in self._order if not _HANGUL.search(name)}
        shared = Counter(word for found in words.values() for word in found)
        for name in self._order:
            if name not in words:
                self._korean[_squeezed(name)].append(name)
            elif words[name]:
                self._by_word[min(words[name], key=lambda word: shared[word])].append(name)
        self._lengths = sorted({len(letters) for letters in self._korean})

    def in_text(self, text: str) -> list[str]:
        """The names that a text has, in the order they were given."""
        found = {name for letters in self._runs(text) for name in self._korean[letters]}
        for word in _words(text):
            for form in {word, word.removesuffix("s")}:
                found |= {name for name in self._by_word.get(form, ()) if mentions(text, name)}
        return sorted(found, key=self._order.__getitem__)

    def _runs(self, text: str) -> Iterator[str]:
        """The runs of letters of a text that are a Korean name."""
        letters = _squeezed(text)
        for start in range(len(letters)):
            for length in self._lengths:
                run = letters[start : start + length]
                if run in self._korean:
                    yield run


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]
