"""How each score of whole episodes is distributed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from townsfolk.simulations.report.bins import Bin, bins_of
from townsfolk.simulations.report.played import Played
from townsfolk.simulations.report.score_names import LOWER_IS_BETTER, UNITS, ScoreKey
from townsfolk.simulations.report.spread import Share, Spread, share_of, spread_of


@dataclass(frozen=True, slots=True)
class ScoreFigures:
    """A score over the episodes that have it."""

    name: str
    evaluator: str
    version: str
    unit: str
    lower_is_better: bool
    spread: Spread
    share: Share | None
    """Where it is 0 or 1 in every episode: of how many it is 1."""
    bins: tuple[Bin, ...]

    @property
    def title(self) -> str:
        """Its name, with its unit where the name does not tell."""
        told = not self.unit or self.name.split("_")[-1] == self.unit
        return self.name if told else f"{self.name}, {self.unit}"


def distributions(
    episodes: Sequence[Played], names: Mapping[ScoreKey, str]
) -> tuple[ScoreFigures, ...]:
    """The figures of each score."""
    found: list[ScoreFigures] = []
    for key, name in names.items():
        values = [one.scores[key] for one in episodes if key in one.scores]
        if (spread := spread_of(values)) is None:
            continue
        share = None
        if key.name not in UNITS and set(values) <= {0.0, 1.0}:
            share = share_of(values.count(1.0), len(values))
        found.append(
            ScoreFigures(
                name, key.evaluator, key.version, UNITS.get(key.name, ""),
                key.name in LOWER_IS_BETTER, spread, share, bins_of(values),
            )
        )  # fmt: skip
    return tuple(found)
