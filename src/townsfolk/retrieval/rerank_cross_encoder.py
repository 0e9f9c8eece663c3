"""Reranking by a cross-encoder in this process: query and passage read together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from townsfolk.models.errors import ModelSetupError, first_line
from townsfolk.retrieval.rerank import RerankError, checked_scores
from townsfolk.retrieval.rerank_models import load_folder, load_named, supported_models
from townsfolk.town.errors import did_you_mean, listing

DEFAULT_MODEL = "BAAI/bge-reranker-v2-m3"
"""Korean, English and many more; 2.3 GB (`BAAI/bge-reranker-v2-m3-int8`: 0.6 GB)."""

_BATCH = 16
"""Pairs at once: passages are short, but one long one pads all of its batch."""
_LONGEST_QUERY = 2000
"""Characters of a query that are read; each passage is read with the whole of it."""


class CrossEncoderReranker:
    """A cross-encoder on ONNX Runtime, through fastembed's `TextCrossEncoder`."""

    def __init__(
        self, model: str = DEFAULT_MODEL, path: Path | None = None, allow_downloads: bool = False
    ) -> None:
        """Load a model, which takes seconds.

        Args:
            model: one of fastembed's names; of no use with a path.
            path: a folder that holds a model in ONNX form and its tokenizer.
            allow_downloads: whether a model that is not in fastembed's cache may be fetched.

        Raises:
            ModelSetupError: there is no such model, here or at all, or it is incomplete.
        """
        if path is None:
            self.name = f"cross-encoder:{model}"
            self._encoder = load_named(model, allow_downloads)
        else:
            self.name = f"cross-encoder:{path.resolve().name}"
            self._encoder = load_folder(path)

    def rerank(self, query: str, texts: Sequence[str]) -> list[float]:
        """The model's logit for each text; raises RerankError."""
        if not texts:
            return []
        try:
            scores = list(
                self._encoder.rerank(query[:_LONGEST_QUERY], list(texts), batch_size=_BATCH)
            )
        except Exception as error:
            # Tokenizer and runtime raise what they like: half a surrogate pair, no memory.
            raise RerankError(f"{self.name}: {first_line(error)}") from error
        return checked_scores(scores, texts)


def open_cross_encoder(
    named: str, town_root: Path, allow_downloads: bool = False
) -> CrossEncoderReranker:
    """The cross-encoder of a name or folder; the default one where nothing is named.

    Args:
        named: one of fastembed's names, or a folder, which may be relative to the town.
        town_root: the town's folder.
        allow_downloads: whether a named model may be fetched.

    Raises:
        ModelSetupError: it is neither, or cannot be used.
    """
    names = supported_models()
    known = {name.lower(): name for name in names}.get((named or DEFAULT_MODEL).lower())
    if known is not None:
        return CrossEncoderReranker(known, allow_downloads=allow_downloads)
    path = town_root / Path(named).expanduser()
    if not path.exists():
        meant = did_you_mean(named, names)
        raise ModelSetupError(
            f"there is no cross-encoder {named!r}: no such folder ({path}), and no model that "
            f"fastembed knows; allowed: a folder, or {listing(names)}{'; ' if meant else ''}{meant}"
        )
    return CrossEncoderReranker(path=path)
