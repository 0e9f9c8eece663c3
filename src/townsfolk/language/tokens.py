"""Tokens for the lexical half of the search."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

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


class Morpheme(NamedTuple):
    """A morpheme of a Korean text, with its tag in the Sejong set and where it stands."""

    surface: str
    tag: str
    start: int
    end: int
    stem: str
    """Its first part where several are run together: 깨지 of 깨진다; else the surface."""


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
            (found.feature.expression or found.surface).partition("/")[0],
        )
        for found in mecab.parse(text)
    )


def korean_to_tokens(text: str, names: Iterable[str] = ()) -> str:
    """A Korean text with its words cut into morphemes, for a tokenizer that splits at spaces.

    The town's own names are kept whole beside their parts, for a dictionary does not know them.
    Where the analyser is missing, each run of Hangul gives its bigrams.
    """
    if not _HANGUL_RUN.search(text):
        return text
    squeezed = re.sub(r"\s+", "", text)
    kept = [squashed for name in names if (squashed := re.sub(r"\s+", "", name)) in squeezed]
    if not analyser_available():
        return " ".join([*kept, _HANGUL_RUN.sub(lambda m: " ".join(_bigrams(m.group())), text)])
    content = [part.stem for part in morphemes(text) if part.tag.startswith(_CONTENT_TAGS)]
    return " ".join([*kept, *content])


def _bigrams(run: str) -> list[str]:
    return [run] if len(run) < 2 else [run[i : i + 2] for i in range(len(run) - 1)]
