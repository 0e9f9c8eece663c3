"""The best and the worst episodes, which are worth reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from townsfolk.simulations.report.played import Played
from townsfolk.simulations.report.score_names import LOWER_IS_BETTER, ScoreKey
from townsfolk.town.errors import TownsfolkError, did_you_mean

_EACH = 5

Rank = tuple[float, ...]


class UnknownScore(TownsfolkError):
    """A score to rank by that no episode of the run has."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Episodes by their ids, the best first and the worst first."""

    by: str
    """How they were ranked, in words."""
    best: tuple[str, ...]
    worst: tuple[str, ...]


def rank(
    episodes: Sequence[Played], names: Mapping[ScoreKey, str], by: str | None = None
) -> Ranking:
    """The best and the worst episodes; none is among both.

    `by`: a score; where it is None or equal, what ended well comes first, then what has the fewest
    faults, then what was quickest.

    Raises:
        UnknownScore: no episode has that score; tells which there are.
    """
    key = _key_named(by, names) if by else None
    told = "a good end, then the fewest faults, then the shortest response time"
    if key is not None:
        better = "lowest" if key.name in LOWER_IS_BETTER else "highest"
        told = f"{names[key]} ({better} first), then {told}"
    among = [one for one in episodes if key is None or key in one.scores]
    ordered = [one.id for one in sorted(among, key=lambda one: (_rank(one, key), one.id))]
    best = ordered[: min(_EACH, (len(ordered) + 1) // 2)]
    worst = ordered[len(best) :][-_EACH:]
    return Ranking(told, tuple(best), tuple(reversed(worst)))


def _key_named(by: str, names: Mapping[ScoreKey, str]) -> ScoreKey:
    found = next((key for key, name in names.items() if name == by), None)
    if found is None:
        close = did_you_mean(by, names.values())
        there = ", ".join(names.values())
        raise UnknownScore(
            f"no episode has a score {by!r}; "
            + (f"there are: {there}" if there else "this run has no scores: leave --by out")
            + (f"; {close}" if close else "")
        )
    return found


def _rank(episode: Played, key: ScoreKey | None) -> Rank:
    """The less, the better."""
    usual: Rank = (-(episode.good or 0.0), episode.faults, episode.response_time or 0.0)
    if key is None:
        return usual
    value = episode.scores[key]
    return (value if key.name in LOWER_IS_BETTER else -value, *usual)
