"""`townsfolk evaluate-retrieval`: how well a town's lore is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from townsfolk.cli.app import town_option
from townsfolk.town.retrieval_config import Fusion

if TYPE_CHECKING:
    from rich.table import Table

    from townsfolk.retrieval.evaluation.judged import JudgedQuery
    from townsfolk.retrieval.evaluation.report import Group
    from townsfolk.town.town import Town


@click.command("evaluate-retrieval")
@town_option
@click.option(
    "--queries",
    "queries_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Judged queries; the town's knowledge/eval/queries.jsonl when left out.",
)
@click.option("--split", type=click.Choice(["dev", "test", "all"]), default="test")
@click.option("--k", "k", default=10, type=click.IntRange(5, 100), help="How many entries count.")
@click.option(
    "--fusion",
    "fusions",
    multiple=True,
    type=click.Choice(get_args(Fusion)),
    help="Instead of the town's; several are compared.",
)
@click.option(
    "--json",
    "json_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write the figures, and what was found for each query, to a file.",
)
def command(
    town_root: Path,
    queries_file: Path | None,
    split: str,
    k: int,
    fusions: tuple[Fusion, ...],
    json_file: Path | None,
) -> None:
    """Measure how well a town's lore is found, for each way of searching and each language.

    nDCG, recall and reciprocal rank are means over the queries that have an answer. AUC says how
    well the score of the best hit tells those from queries without one: 1 always, 0.5 not at all.
    """
    import json

    from rich.console import Console

    from townsfolk.cli.progress import embedding_progress
    from townsfolk.retrieval.evaluation.output import require_writable, write_whole
    from townsfolk.retrieval.evaluation.report import as_json, rank_all, report
    from townsfolk.retrieval.evaluation.ways import ways_of
    from townsfolk.town.load_lore import load_lore

    if json_file is not None:
        require_writable(json_file)
    town = load_lore(town_root)
    queries = _queries(queries_file, town, split)
    with ExitStack() as opened:
        with embedding_progress() as progress:
            ways, warnings = opened.enter_context(ways_of(town, fusions, k, progress))
        for warning in warnings:
            click.echo(f"warning: {warning}", err=True)
        with _searching(len(ways) * len(queries)) as advance:
            rankings = rank_all(ways, queries, advance)
    groups = report(queries, rankings, k)
    console = Console()
    console.print(quality_table(groups, k))
    if json_file is not None:
        told = {"split": split, "k": k, **as_json(queries, rankings, groups)}
        write_whole(json_file, json.dumps(told, ensure_ascii=False, indent=1) + "\n")


def _queries(file: Path | None, town: Town, split: str) -> list[JudgedQuery]:
    from townsfolk.retrieval.evaluation.judged import QUERIES, read_judged
    from townsfolk.town.errors import TownsfolkError

    path = file or town.root / QUERIES
    if file is None and not path.exists():
        raise TownsfolkError(
            f"there are no judged queries: write some to {path}, or name a file with --queries "
            '(one object a line: {"id", "text", "lang", "split", "sources"})'
        )
    queries = [query for query in read_judged(path, town) if split in ("all", query.split)]
    if not queries:
        raise TownsfolkError(f"{path} has no queries of the split {split}; see --split")
    return queries


@contextmanager
def _searching(total: int) -> Iterator[Callable[[], None]]:
    """A bar on standard error; gives what moves it on."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("searching", total=total)
        yield lambda: progress.advance(task)


def quality_table(groups: Sequence[Group], k: int) -> Table:
    """The figures as a table, a section for each group of queries."""
    from rich.table import Table

    from townsfolk.retrieval.evaluation.report import RECALL_AT

    table = Table(
        caption="AUC: how often a query with an answer scores higher than one without",
    )
    table.add_column("queries")
    table.add_column("search")
    for name in (f"nDCG@{k}", f"Recall@{RECALL_AT}", "MRR", "AUC"):
        table.add_column(name, justify="right", no_wrap=True)
    for group in groups:
        about = [group.name, f"{group.answered} answered", f"{group.unanswered} without"]
        rows = [*group.figures.items()]
        for number, (way, figures) in enumerate(rows):
            shown = [figures.ndcg, figures.recall, figures.mrr, figures.auc]
            table.add_row(
                about[number] if number < len(about) else "",
                way,
                *("–" if value is None else f"{value:.3f}" for value in shown),
                end_section=number == len(rows) - 1,
            )
    return table
