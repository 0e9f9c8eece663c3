"""Tokens for the lexical half of the search."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.metadata import version
from typing import Any, NamedTuple

from townsfolk.language.name_finder import NameFinder

_HANGUL_RUN = re.compile(r"[가-힣]+")
_CONTENT_TAGS = ("NN", "NR", "NP", "VV", "VA", "MM", "MAG", "XR", "SL", "SN", "XSN")


@lru_cache(maxsize=1)
def _mecab() -> Any:
    """The Korean morphological analyser; None where it has no wheel."""
    try:
        from mecab import MeCab
    except ImportError:
        return None
    return MeCab()


def analyser_available() -> bool:
    """Whether Korean is cut into morphemes here, and not into bigrams."""
    return _mecab() is not None


def analyser_version() -> str | None:
    """Which analyser and dictionary cut a text; None where there is none."""
    return _installed() if analyser_available() else None


@lru_cache(maxsize=1)
def _installed() -> str:
    """The analyser and its dictionary as the packages' metadata name them, read once."""
    return f"mecab-ko-{version('python-mecab-ko')}-dic-{version('python-mecab-ko-dic')}"


class Morpheme(NamedTuple):
    """A morpheme of a Korean text, with its tag in the Sejong set and where it stands."""

    surface: str
    tag: str
    start: int
    end: int
    parts: tuple[str, ...]
    """What it is put together of, where it is an inflected word or a compound."""

    @property
    def stem(self) -> str:
        """An inflected word without its endings: 깨지 of 깨진다; a compound noun stays whole."""
        return self.parts[0] if "+" in self.tag else self.surface

    @property
    def is_content(self) -> bool:
        """Whether it says something by itself, as nouns and verbs do."""
        return self.tag.startswith(_CONTENT_TAGS)


@lru_cache(maxsize=1024)
def morphemes(text: str) -> tuple[Morpheme, ...]:
    """The morphemes of a text; none where the analyser is missing."""
    mecab = _mecab()
    if mecab is None:
        return ()
    return tuple(
        Morpheme(
            found.surface,
            found.feature.pos,
            found.span.start,
            found.span.end,
            _parts(found),
        )
        for found in mecab.parse(text)
    )


def _parts(found: Any) -> tuple[str, ...]:
    """The parts that a dictionary's entry is put together of: 깨지 and ᆫ다, 물 and 주머니."""
    expression: str | None = found.feature.expression
    if not expression:
        return (found.surface,)
    return tuple(part.partition("/")[0] for part in expression.split("+"))


def korean_to_tokens(text: str, names: NameFinder | None = None) -> str:
    """A Korean text with its words cut into morphemes, for a tokenizer that splits at spaces.

    The town's own names are kept whole beside their parts, for a dictionary does not know them.
    Where the analyser is missing, each run of Hangul gives its bigrams.
    """
    kept = kept_whole(text, names) if names else []
    return " ".join([*kept, korean_words(text)])


def kept_whole(text: str, names: NameFinder) -> list[str]:
    """The names that a Korean text has, each without its spaces."""
    if not has_hangul(text):
        return []
    return [re.sub(r"\s+", "", name) for name in names.in_text(text)]


def has_hangul(text: str) -> bool:
    """Whether a text has a syllable of Hangul."""
    return _HANGUL_RUN.search(text) is not None


def korean_words(text: str) -> str:
    """The morphemes of a Korean text that say something, or its bigrams; else the text itself."""
    if not has_hangul(text):
        return text
    if not analyser_available():
        return _HANGUL_RUN.sub(lambda match: " ".join(_bigrams(match.group())), text)
    return " ".join(p for found in morphemes(text) if found.is_content for p in _searched(found))


def _searched(found: Morpheme) -> tuple[str, ...]:
    """A verb's stem, or the nouns of a compound, so that 주머니 finds 물주머니."""
    return (found.stem,) if "+" in found.tag else found.parts


def _bigrams(run: str) -> list[str]:
    return [run] if len(run) < 2 else [run[i : i + 2] for i in range(len(run) - 1)]
