"""Language-centred vectors, so that a passage is not found for its language alone.

Multilingual e5 puts the texts of a language close together, and a query finds passages of its own
language before better ones of another. Taking the language's mean vector away removes that
(Libovický, Rosa, Fraser 2020, "On the language neutrality of pre-trained multilingual
representations").
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from townsfolk.retrieval.embedding.interface import Embedder, Vectors, unit
from townsfolk.retrieval.keeping import archive_name, replacing

LANGUAGES = ("en", "ko")
_EVERYDAY = 20.0
"""How many of a town's passages the mean of everyday passages counts as: it holds the mean of a
language with few passages away from the passages themselves."""


@dataclass(frozen=True)
class LanguageMeans:
    """The mean vectors of a model, by language; where a language has none, nothing is taken."""

    queries: dict[str, Vectors]
    passages: dict[str, Vectors]

    def centred_query(self, vector: Vectors, language: str | None) -> Vectors:
        """A query's vector without what is common to queries in its language."""
        mean = self.queries.get(language or "")
        return vector if mean is None else unit(vector - mean)

    def centred_passages(self, rows: Vectors, languages: Sequence[str]) -> Vectors:
        """Passages' vectors without what is common to the passages in their language."""
        centred = rows.copy()
        for language in set(languages):
            everyday = self.passages.get(language)
            if everyday is None:
                continue
            own = np.array([spoken == language for spoken in languages])
            mean = (rows[own].sum(axis=0) + _EVERYDAY * everyday) / (own.sum() + _EVERYDAY)
            centred[own] = rows[own] - mean
        return unit(centred)


def language_means(embedder: Embedder, cache: Path) -> LanguageMeans:
    """The means of everyday questions and passages in a model.

    Those of the model in the package are shipped; others are made once and kept in the folder.
    """
    name = archive_name(embedder.name)
    shipped = Path(str(files("townsfolk.retrieval") / "data" / name))
    cached = cache / f"means_{everyday_hash()}_{name}"
    means = _read(shipped) or _read(cached)
    if means is None:
        means = everyday_means(embedder)
        # Where nothing can be kept, they are made again next time.
        with suppress(OSError):
            write_means(cached, means)
    return LanguageMeans(
        {language: means[f"questions.{language}"] for language in LANGUAGES},
        {language: means[f"passages.{language}"] for language in LANGUAGES},
    )


def everyday_means(embedder: Embedder) -> dict[str, Vectors]:
    """The mean vectors of everyday texts, by `KIND.LANGUAGE`."""
    means: dict[str, Vectors] = {}
    for language in LANGUAGES:
        questions = [embedder.query(text) for text in everyday("questions", language)]
        means[f"questions.{language}"] = np.stack(questions).mean(axis=0)
        means[f"passages.{language}"] = embedder.passages(everyday("passages", language)).mean(0)
    return means


def write_means(file: Path, means: dict[str, Vectors]) -> None:
    """Replace a file in one step; raises OSError."""
    with replacing(file) as stream:
        np.savez(stream, **means)  # type: ignore[arg-type]


def _read(file: Path) -> dict[str, Vectors] | None:
    """The means of a file; None where it is absent or damaged."""
    try:
        with np.load(file, allow_pickle=False) as archive:
            return {
                f"{kind}.{language}": archive[f"{kind}.{language}"].astype(np.float32)
                for kind in ("questions", "passages")
                for language in LANGUAGES
            }
    except (OSError, ValueError, KeyError, BadZipFile, EOFError):
        return None


def everyday_hash() -> str:
    """Tells whether what was made of everyday texts still fits."""
    texts = [
        text
        for kind in ("questions", "passages")
        for language in LANGUAGES
        for text in everyday(kind, language)
    ]
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:12]


@lru_cache(maxsize=4)
def everyday(name: str, language: str) -> list[str]:
    """Everyday `questions` or `passages` of a language, which are no town's."""
    file = files("townsfolk.retrieval") / "data" / f"everyday_{name}.{language}.txt"
    return [line for line in file.read_text("utf-8").splitlines() if line.strip()]
