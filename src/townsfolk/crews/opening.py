"""Opening model and index beside the import of CrewAI, which takes the longest."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor

from townsfolk.crews.environment import prepare_environment
from townsfolk.models.deployments import Choice
from townsfolk.models.interface import Model
from townsfolk.models.opening import open_model
from townsfolk.retrieval.index import LoreIndex
from townsfolk.retrieval.libraries import import_libraries
from townsfolk.retrieval.vectors import Progress
from townsfolk.town.town import Town


class OpeningStopped(Exception):
    """The rest of the opening failed or was interrupted; this part of it is not needed."""


def open_parts(town: Town, choice: Choice, progress: Progress) -> tuple[Model, LoreIndex]:
    """The model and the index, with CrewAI imported. What was opened is closed if a part fails.

    Raises:
        ModelSetupError: the model cannot be opened.
    """
    prepare_environment(town.root)
    stopped = threading.Event()

    def report(done: int, total: int) -> None:
        if stopped.is_set():
            raise OpeningStopped
        progress(done, total)

    import_libraries()
    pool = ThreadPoolExecutor(2, thread_name_prefix="opening")
    model: Future[Model] = pool.submit(open_model, choice)
    index = pool.submit(LoreIndex, town, report)
    try:
        import crewai  # noqa: F401

        return model.result(), index.result()
    except BaseException:
        stopped.set()
        model.add_done_callback(_close)
        raise
    finally:
        pool.shutdown(wait=False)


def _close(opened: Future[Model]) -> None:
    if not opened.cancelled() and opened.exception() is None:
        opened.result().close()
