"""A report as one HTML page that needs nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from townsfolk.simulations.report import plots
from townsfolk.simulations.report.figures import Figures
from townsfolk.simulations.report.notes import notes
from townsfolk.simulations.report.notes import told as score_told
from townsfolk.simulations.report.score_names import GAVE_UP, GOAL_AGAINST_NPC, GOAL_REACHED
from townsfolk.simulations.report.shown import (
    breakable,
    duration,
    figure,
    percent,
    share_told,
    tongue,
)
from townsfolk.store.records import Episode
from townsfolk.town.errors import TownsfolkError

_OWN_COLUMNS = (GOAL_REACHED, GOAL_AGAINST_NPC, GAVE_UP)
"""What the table of players shows in words of its own."""


class PageError(TownsfolkError):
    """The page of a report cannot be written."""


def write_page(file: Path, text: str) -> None:
    """Write a page, and the folder it is in. Raises PageError."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise PageError(
            f"the report cannot be written: {error}; name another file with --out"
        ) from None


def page(figures: Figures, to_read: Sequence[Episode]) -> str:
    """The page; every text in it is escaped. `to_read`: the episodes of the ranking."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(str(files("townsfolk.simulations.report")))),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    shown: Mapping[str, Callable[..., str]] = {
        "figure": figure,
        "percent": percent,
        "told": share_told,
        "tongue": tongue,
        "duration": duration,
        "score_told": score_told,
        "breakable": breakable,
    }
    environment.filters.update(shown)
    environment.filters["notes"] = notes
    found = {episode.id: episode for episode in to_read}
    means = [npc.means for npc in figures.npcs]
    return environment.get_template("page.html.jinja").render(
        report=figures,
        head=figures.head,
        plots=plots,
        shares=frozenset(score.name for score in figures.scores if score.share),
        npc_columns=_columns(figures, means, ()),
        npc_heat=_heat(means),
        player_columns=_columns(figures, [one.means for one in figures.players], _OWN_COLUMNS),
        player_heat=_heat([one.means for one in figures.players]),
        best=[found[name] for name in figures.ranking.best if name in found],
        worst=[found[name] for name in figures.ranking.worst if name in found],
    )


def _columns(
    figures: Figures, rows: Sequence[Mapping[str, float]], without: Sequence[str]
) -> list[str]:
    """The scores that at least one row has, in their order."""
    names = [score.name for score in figures.scores if score.name not in without]
    return [name for name in names if any(name in row for row in rows)]


def _heat(rows: Sequence[Mapping[str, float]]) -> list[Mapping[str, float]]:
    """How dark each cell is, 0 to 1: the least of its column is 0, the most 1."""
    columns = {name: [row[name] for row in rows if name in row] for row in rows for name in row}
    ends = {name: (min(values), max(values)) for name, values in columns.items()}
    return [
        {
            name: (value - ends[name][0]) / (ends[name][1] - ends[name][0])
            for name, value in row.items()
            if ends[name][1] > ends[name][0]
        }
        for row in rows
    ]
