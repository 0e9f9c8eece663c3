"""A report in the terminal: the figures without the pictures."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from townsfolk.simulations.report.figures import Figures
from townsfolk.simulations.report.shown import duration, figure, percent, share_told

_LEFT_OUT = ("tokens", "calls", "time_to_first_token")
"""Scores that the table of NPCs has no room for."""
_RULES = 8
_REASONS = 5
_REASON = 160
"""Characters of a reason; the page has more."""


def show_report(console: Console, figures: Figures) -> None:
    """Print what a run came to."""
    for line in _head(figures):
        console.print(line)
    for table in (_scores(figures), _latencies(figures), _npcs(figures), _players(figures)):
        if table.row_count:
            console.print(table)
    for line in _faults(figures):
        console.print(escape(line))
    for line in _errors(figures):
        console.print(escape(line))
    for line in _failures(figures):
        console.print(escape(line))


def _head(figures: Figures) -> Iterator[str]:
    head = figures.head
    yield f"[bold]{escape(head.name)}[/] [dim]{escape(f'{head.town} · {head.id}')}[/]"
    stopped = f", {head.stopped} stopped" if head.stopped else ""
    yield (
        f"{head.finished} of {head.planned} episodes{stopped}, {head.failed} failed · "
        f"{figure(head.turns)} lines · {duration(head.seconds)} of episodes · "
        f"{figure(head.prompt_tokens)} + {figure(head.completion_tokens)} tokens"
    )
    origins = ", ".join(f"{name} {figure(count)}" for name, count in head.origins.items())
    yield escape(f"NPC lines: {origins} · {', '.join(head.models) or 'no model'}")
    if head.left_out:
        many = (
            "episode with player errors is"
            if head.left_out == 1
            else ("episodes with player errors are")
        )
        yield f"[yellow]{head.left_out} {many} left out[/]"


def _scores(figures: Figures) -> Table:
    table = _table("scores of episodes", "score", "n", "mean", "median", "p5", "p95", "95 %")
    for score in figures.scores:
        spread, share = score.spread, score.share
        name = escape(score.title)
        if share:
            reach = f"{percent(share.low)} to {percent(share.high)}"
            table.add_row(name, str(share.n), percent(share.share), "", "", "", reach)
        else:
            values = (spread.mean, spread.median, spread.p5, spread.p95)
            table.add_row(name, str(spread.n), *map(figure, values), "")
    return table


def _latencies(figures: Figures) -> Table:
    table = _table("seconds of NPC lines", "measured", "n", "p50", "p90", "p95", "p99")
    for one in figures.latencies:
        values = map(figure, (one.p50, one.p90, one.p95, one.p99))
        table.add_row(one.name, str(one.n), *values)
    return table


def _npcs(figures: Figures) -> Table:
    names = [score.name for score in figures.scores if score.name not in _LEFT_OUT]
    shares = {score.name for score in figures.scores if score.share}
    # Narrow columns break between words.
    columns = [name.replace("_", " ") for name in names]
    table = _table("by NPC", "NPC", "episodes", "not model's", *columns)
    for npc in figures.npcs:
        cells = [
            "–"
            if name not in npc.means
            else (percent if name in shares else figure)(npc.means[name])
            for name in names
        ]
        replaced = percent(npc.replaced.share) if npc.replaced else "–"
        table.add_row(escape(npc.id), str(npc.episodes), replaced, *cells)
    return table


def _players(figures: Figures) -> Table:
    columns = ("episodes", "lines", "words a line", "reached", "gave up")
    table = _table("by player", "player", *columns)
    table.add_column("intents")
    for one in figures.players:
        intents = ", ".join(f"{name} {percent(share)}" for name, share in one.intents)
        table.add_row(
            escape(one.id), str(one.episodes), figure(one.lines),
            "–" if one.words is None else figure(one.words),
            percent(one.reached.share) if one.reached else "–",
            percent(one.gave_up.share) if one.gave_up else "–", escape(intents),
        )  # fmt: skip
    return table


def _faults(figures: Figures) -> Iterator[str]:
    faults = figures.faults
    if faults.turns is not None:
        rules = ", ".join(f"{rule.rule} {rule.count}" for rule in faults.rules[:_RULES])
        more = " and others" if len(faults.rules) > _RULES else ""
        yield f"lines with a fault: {share_told(faults.turns)}{f': {rules}{more}' if rules else ''}"


def _errors(figures: Figures) -> Iterator[str]:
    errors = figures.player_errors
    if errors.episodes is not None:
        kinds = ", ".join(f"{kind.kind} {kind.count}" for kind in errors.kinds)
        told = f": {kinds}" if kinds else ""
        yield f"episodes with errors of the player: {share_told(errors.episodes)}{told}"


def _failures(figures: Figures) -> Iterator[str]:
    for failure in figures.failures[:_REASONS]:
        reason = failure.reason.partition("\n")[0][:_REASON] or "no reason was kept"
        yield f"{failure.count} failed: {reason}"
    if figures.failures and figures.head.kind == "simulation":
        yield f"play them again with: townsfolk simulate {figures.head.name} --retry-errors"


def _table(title: str, first: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column(first, no_wrap=True)
    for column in columns:
        table.add_column(escape(column), justify="right")
    return table
