"""How near a question comes to a town's lore by chance.

Something is always nearest. Everyday questions, which no town's lore was written for, tell how near
that is: a hit that is no nearer is most often about something else. Reckoned over the town's own
passages, so that it holds for any embedding model and any town.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from townsfolk.retrieval.centring import LANGUAGES, LanguageMeans, everyday, everyday_hash
from townsfolk.retrieval.chunks import Chunk
from townsfolk.retrieval.embedding.interface import Embedder, Vectors
from townsfolk.retrieval.keeping import archive_name, replacing

_REACHED, _REACHED_CENTRED = 75, 40
"""The percentiles of everyday questions; centred vectors tell foreign from own sooner. Two thirds
of another town's questions to the sample town stay below it (70 % and 65 %), and a quarter of its
own (28 % and 23 %), most of which found a wrong entry (59 % and 75 %)."""


def everyday_vectors(embedder: Embedder, cache: Path) -> dict[str, Vectors]:
    """The vectors of everyday questions by language: shipped, kept, or made now and kept."""
    name = f"everyday_{archive_name(embedder.name)}"
    shipped = Path(str(files("townsfolk.retrieval") / "data" / name))
    cached = cache / f"{everyday_hash()}_{name}"
    known = _read(shipped) or _read(cached)
    if known is None:
        known = {
            language: np.stack([embedder.query(text) for text in everyday("questions", language)])
            for language in LANGUAGES
        }
        # Where nothing can be kept, they are made again next time.
        with suppress(OSError):
            write_everyday_vectors(cached, known)
    return known


def nearest_by_chance(
    questions: Mapping[str, Vectors],
    chunks: Sequence[Chunk],
    rows: Vectors,
    means: LanguageMeans | None,
) -> dict[str, float]:
    """For each language the cosine that a hit by chance most often stays below.

    `rows` are the chunks' vectors as they are stored, centred where there are means.
    """
    found: dict[str, float] = {}
    reached = _REACHED if means is None else _REACHED_CENTRED
    for language, vectors in questions.items():
        seen = [place for place, chunk in enumerate(chunks) if language in chunk.serves]
        if not seen:
            continue
        asked = vectors
        if means is not None:
            asked = np.stack([means.centred_query(vector, language) for vector in vectors])
        best = (asked @ rows[seen].T).max(axis=1)
        found[language] = float(np.percentile(best, reached))
    return found


def write_everyday_vectors(file: Path, vectors: Mapping[str, Vectors]) -> None:
    """Replace a file in one step; raises OSError."""
    halves = {language: rows.astype(np.float16) for language, rows in vectors.items()}
    with replacing(file) as stream:
        np.savez(stream, **halves)  # type: ignore[arg-type]


def _read(file: Path) -> dict[str, Vectors] | None:
    """The vectors of a file; None where it is absent or damaged."""
    try:
        with np.load(file, allow_pickle=False) as archive:
            return {language: archive[language].astype(np.float32) for language in LANGUAGES}
    except (OSError, ValueError, KeyError, BadZipFile, EOFError):
        return None
