"""Tokens for the lexical half of the search."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

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


def korean_to_tokens(text: str, names: Iterable[str] = ()) -> str:
    """A Korean text with its words cut into morphemes, for a tokenizer that splits at spaces.

    The town's own names are kept whole beside their parts, for a dictionary does not know them.
    Where the analyser is missing, each run of Hangul gives its bigrams.
    """
    if not _HANGUL_RUN.search(text):
        return text
    squeezed = re.sub(r"\s+", "", text)
    kept = [squashed for name in names if (squashed := re.sub(r"\s+", "", name)) in squeezed]
    mecab = _mecab()
    if mecab is None:
        return " ".join([*kept, _HANGUL_RUN.sub(lambda m: " ".join(_bigrams(m.group())), text)])
    morphemes = [surface for surface, tag in mecab.pos(text) if tag.startswith(_CONTENT_TAGS)]
    return " ".join([*kept, *morphemes])


def _bigrams(run: str) -> list[str]:
    return [run] if len(run) < 2 else [run[i : i + 2] for i in range(len(run) - 1)]
