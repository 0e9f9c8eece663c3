"""How well and how fast lore is found: BM25, dense, the naive hybrid, and ours.

    uv run python benchmarks/retrieval.py [--queries 60] [--sizes 200 2000 20000] [--large-memory]
        [--split test] [--no-quality] [--no-speed]

Quality is measured on the sample town's judged queries. Speed is measured on towns that are made of
the sample's sentences, with random unit vectors in place of embedded chunks, through the audience
filter: what the guard may tell the player. The baseline of every ratio is the naive hybrid: dense
and BM25 with fastembed's usual tokens, in qdrant-client's local mode, by one query with its RRF.
A client in memory looks at every point in Python, so that with 20,000 chunks it takes seconds a
query: there the baseline gets fewer queries, and our memory store is left out by default.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

# Threads of the embedding model wait for each other busily; the library reads this when loaded.
os.environ.setdefault("TOWNSFOLK_THREADS", "1")

from rich.console import Console

from townsfolk.cli.evaluate_retrieval import quality_table
from townsfolk.retrieval.chunks import chunks_of
from townsfolk.retrieval.evaluation.judged import QUERIES, read_judged
from townsfolk.retrieval.evaluation.naive import CANDIDATES, NaiveHybrid
from townsfolk.retrieval.evaluation.report import EVERY, GROUPS, rank_all, report
from townsfolk.retrieval.evaluation.synthetic import (
    random_units,
    synthetic_queries,
    synthetic_town,
)
from townsfolk.retrieval.evaluation.ways import NAIVE, OURS, ways_of
from townsfolk.retrieval.index import LoreIndex
from townsfolk.retrieval.stores.interface import DENSE, LEXICAL
from townsfolk.town.load import load_town
from townsfolk.town.retrieval_config import RetrievalConfig
from townsfolk.town.town import Town

ROOT = Path(__file__).parent.parent
WHO, HEARERS, K = "guard", ("player",), 10
WARM_UP = 3
LARGE = 20_000
FEWER = 20
"""Queries of the client in memory at the largest size."""

Question = tuple[str, str]


@dataclass(frozen=True)
class Timing:
    """What a way of searching took, in milliseconds, a query each."""

    way: str
    milliseconds: Sequence[float]

    @property
    def p50(self) -> float:
        return statistics.median(self.milliseconds)

    @property
    def p95(self) -> float:
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--queries", type=int, default=60)
    parser.add_argument("--sizes", type=int, nargs="+", default=[200, 2000, LARGE])
    parser.add_argument("--split", choices=["dev", "test", "all"], default="test")
    parser.add_argument("--large-memory", action="store_true")
    parser.add_argument("--no-quality", dest="quality", action="store_false")
    parser.add_argument("--no-speed", dest="speed", action="store_false")
    options = parser.parse_args()
    sample = load_town(ROOT)
    if options.quality:
        _show_quality(sample, options.split)
    if not options.speed:
        return
    print(
        "\nspeed, milliseconds a query, without its embedding where not said otherwise; "
        "random unit vectors in place of embedded chunks"
    )
    for size in options.sizes:
        _show_speed(sample, size, options.queries, options.large_memory)


def _show_quality(town: Town, split: str) -> None:
    file = town.root / QUERIES
    if not file.exists():
        print(f"quality: there are no judged queries ({file})")
        return
    queries = [query for query in read_judged(file, town) if split in ("all", query.split)]
    with ways_of(town, (), K, lambda done, total: None) as (ways, warnings):
        rankings = rank_all(ways, queries, lambda: None)
    groups = report(queries, rankings, K)
    print("\n".join([f"quality, sample town, split {split}", *warnings]))
    Console().print(quality_table(groups, K))
    figures = next(group for group in groups if group.name == GROUPS[EVERY]).figures
    naive, ours = figures.get(NAIVE), figures[OURS]
    if naive is not None and naive.ndcg is not None and ours.ndcg is not None:
        print(f"ours above the naive hybrid, nDCG@{K}: {ours.ndcg - naive.ndcg:+.3f}")


def _show_speed(sample: Town, size: int, number: int, large_memory: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        town = synthetic_town(sample, size, Path(folder))
        questions = synthetic_queries(town, number + WARM_UP)
        timings = list(_timings(town, questions, large_memory or size < LARGE))
    baseline = timings[0].p50
    print(f"\n{size:,} chunks{'p50':>38}{'p95':>9}{'ratio':>8}{'queries':>9}")
    for timing in timings:
        ratio = timing.p50 / baseline
        count = len(timing.milliseconds)
        print(f"  {timing.way:40}{timing.p50:9.1f}{timing.p95:9.1f}{ratio:8.3f}{count:9}")


def _timings(town: Town, questions: Sequence[Question], in_memory: bool) -> Iterator[Timing]:
    fewer = questions if in_memory else questions[: FEWER + WARM_UP]
    yield _naive(town, fewer)
    for store in ("memory", "edge"):
        if store == "memory" and not in_memory:
            continue
        if store == "edge" and find_spec("qdrant_edge") is None:
            print("edge: qdrant-edge-py is not installed")
            continue
        stored = _in_store(town, store)
        with closing(LoreIndex(stored)) as index:
            yield from _halves(index, store, questions)
            yield from _ours(index, store, questions)


def _in_store(town: Town, store: str) -> Town:
    retrieval = town.config.retrieval.model_copy(
        update={"store": store, "rerank": "none", "rewrite": False}
    )
    return replace(town, config=town.config.model_copy(update={"retrieval": retrieval}))


def _naive(town: Town, questions: Sequence[Question]) -> Timing:
    chunks = chunks_of(town.lore, town.config.languages)
    may = LoreIndex(town, config=RetrievalConfig(embedding="none")).allowed
    vectors = itertools.cycle(random_units(len(questions), seed=11))
    with closing(NaiveHybrid(chunks, random_units(len(chunks), seed=7))) as naive:

        def search(text: str, language: str) -> None:
            naive.search(text, next(vectors), may(WHO, HEARERS, language))

        return Timing("naive hybrid, qdrant-client in memory", _timed(search, questions))


def _halves(index: LoreIndex, store: str, questions: Sequence[Question]) -> Iterator[Timing]:
    built = index.built
    vectors = itertools.cycle(random_units(len(questions), seed=11))

    def words(text: str, language: str) -> None:
        queries = {LEXICAL: built.bm25.query(text)}
        built.store.search(queries, index.allowed(WHO, HEARERS, language), CANDIDATES)

    def meaning(text: str, language: str) -> None:
        only = index.allowed(WHO, HEARERS, language)
        built.store.search({DENSE: next(vectors)}, only, CANDIDATES)

    yield Timing(f"{store}: BM25 alone", _timed(words, questions))
    yield Timing(f"{store}: dense alone", _timed(meaning, questions))


def _ours(index: LoreIndex, store: str, questions: Sequence[Question]) -> Iterator[Timing]:
    whole: list[float] = []
    bare: list[float] = []
    for text, language in questions:
        started = time.perf_counter()
        hits = index.search(text, WHO, K, language=language, hearers=HEARERS)
        whole.append(1000 * (time.perf_counter() - started))
        embedding = sum(s.milliseconds for s in hits.stages if s.name == "embedding")
        bare.append(whole[-1] - embedding)
    yield Timing(f"{store}: ours", bare[WARM_UP:])
    yield Timing(f"{store}: ours, with embedding the query", whole[WARM_UP:])


def _timed(search: Callable[[str, str], None], questions: Sequence[Question]) -> list[float]:
    taken = []
    for text, language in questions:
        started = time.perf_counter()
        search(text, language)
        taken.append(1000 * (time.perf_counter() - started))
    return taken[WARM_UP:]


if __name__ == "__main__":
    main()
