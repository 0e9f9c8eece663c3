"""All figures of a run, made in one pass over its episodes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from townsfolk.simulations.report.distributions import ScoreFigures, distributions
from townsfolk.simulations.report.failures import FailureFigures, FailureTally
from townsfolk.simulations.report.faults import FaultFigures, FaultTally
from townsfolk.simulations.report.groups import NpcFigures, PlayerFigures, by_npc, by_player
from townsfolk.simulations.report.head import Head, HeadTally
from townsfolk.simulations.report.played import Played, played
from townsfolk.simulations.report.player_errors import PlayerErrorFigures, PlayerErrorTally
from townsfolk.simulations.report.ranking import Ranking, rank
from townsfolk.simulations.report.score_names import names_of
from townsfolk.simulations.report.timing import Latency, TimingTally, TurnFigures
from townsfolk.store.records import Episode, Run


@dataclass(frozen=True, slots=True)
class Figures:
    """What a run came to. Failed episodes are in `head` and `failures` only."""

    head: Head
    scores: tuple[ScoreFigures, ...]
    npcs: tuple[NpcFigures, ...]
    players: tuple[PlayerFigures, ...]
    turns: tuple[TurnFigures, ...]
    latencies: tuple[Latency, ...]
    faults: FaultFigures
    player_errors: PlayerErrorFigures
    failures: tuple[FailureFigures, ...]
    ranking: Ranking


def figures_of(
    run: Run,
    episodes: Iterable[Episode],
    by: str | None = None,
    without_player_errors: bool = False,
) -> Figures:
    """The figures of a run.

    `by`: the score that ranks the episodes. `without_player_errors`: leave out the episodes in
    which the simulated player made an error.

    Raises:
        UnknownScore: no episode has the score `by`.
    """
    head, failures, errors = HeadTally(run), FailureTally(), PlayerErrorTally()
    timing, faults = TimingTally(), FaultTally()
    counted: list[Played] = []
    for episode in episodes:
        head.add(episode)
        if episode.transcript.status == "failed":
            failures.add(episode)
            continue
        errors.add(episode)
        one = played(episode)
        if without_player_errors and one.player_errors > 0:
            head.left_out += 1
            continue
        timing.add(episode)
        faults.add(episode)
        counted.append(one)
    names = names_of(key for one in counted for key in one.scores)
    return Figures(
        head=head.figures(),
        scores=distributions(counted, names),
        npcs=by_npc(counted, names),
        players=by_player(counted, names),
        turns=timing.over_turns(),
        latencies=timing.latencies(),
        faults=faults.figures(),
        player_errors=errors.figures(),
        failures=failures.figures(),
        ranking=rank(counted, names, by),
    )


def as_json(figures: Figures) -> dict[str, Any]:
    """The figures as JSON keeps them."""
    return asdict(figures)
