"""A comparison in the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

_TEXTS = {"raw": "the models' own text", "spoken": "what the turn speaks"}
_COLOURS = {"better": "green", "worse": "red"}


def show_comparison(told: Mapping[str, Any]) -> None:
    """Print the figures: for each measure both models, the difference, wins, ties and losses."""
    from townsfolk.finetune.comparison.measures import TITLES

    console = Console()
    console.print(
        f"{told['tuned']} against {told['base']}: {told['questions']} questions in {told['town']}, "
        f"{told['samples']} samples",
        highlight=False,
    )
    for text, measures in told["measures"].items():
        table = Table(title=_TEXTS[text], title_justify="left")
        table.add_column("measure")
        for column in ("base", "tuned", "difference", "95 %", "wins/ties/losses"):
            table.add_column(column, justify="right", no_wrap=True)
        table.add_column("")
        for name, found in measures.items():
            colour = _COLOURS.get(found["verdict"], "dim")
            table.add_row(
                TITLES[name],
                f"{found['base']:.2f}",
                f"{found['tuned']:.2f}",
                f"{found['difference']:+.2f}",
                f"{found['low']:+.2f} … {found['high']:+.2f}",
                f"{found['wins']}/{found['ties']}/{found['losses']}",
                f"[{colour}]{found['verdict']}[/{colour}]",
            )
        console.print(table)
    spoken = told["spoken_by_model"]
    console.print(
        f"spoken by the model itself: base {spoken['base']:.0%}, tuned {spoken['tuned']:.0%}",
        highlight=False,
    )
