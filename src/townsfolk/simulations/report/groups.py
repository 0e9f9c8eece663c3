"""The episodes by NPC and by player."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from townsfolk.simulations.report.played import Played
from townsfolk.simulations.report.score_names import ScoreKey
from townsfolk.simulations.report.spread import Share, share_of

_INTENTS = 3


@dataclass(frozen=True, slots=True)
class NpcFigures:
    """The episodes in which an NPC speaks, and its own lines in them."""

    id: str
    names: tuple[str, ...]
    """What it is called: one name a language."""
    episodes: int
    lines: int
    replaced: Share | None
    """Authored and fallback lines among those for which the model was asked."""
    faulty: Share | None
    """Lines with a fault among the same."""
    means: Mapping[str, float]
    """Of each score of these episodes."""


@dataclass(frozen=True, slots=True)
class PlayerFigures:
    """The episodes of a player, and what it did in them."""

    id: str
    episodes: int
    lines: float
    """In an episode, the mean."""
    words: float | None
    """In a line, the mean; words as spaces part them."""
    reached: Share | None
    """Episodes in which it got what it wanted."""
    gave_up: Share | None
    intents: tuple[tuple[str, float], ...]
    """What it meant most often, each with its share of the player's lines."""
    means: Mapping[str, float]


def by_npc(episodes: Sequence[Played], names: Mapping[ScoreKey, str]) -> tuple[NpcFigures, ...]:
    """The NPCs by their ids."""
    groups: dict[str, list[Played]] = defaultdict(list)
    for one in episodes:
        for npc in one.npcs:
            groups[npc].append(one)
    return tuple(_npc(npc, groups[npc], names) for npc in sorted(groups))


def by_player(
    episodes: Sequence[Played], names: Mapping[ScoreKey, str]
) -> tuple[PlayerFigures, ...]:
    """The players by their ids."""
    groups: dict[str, list[Played]] = defaultdict(list)
    for one in episodes:
        groups[one.player].append(one)
    return tuple(_player(player, groups[player], names) for player in sorted(groups))


def _npc(npc: str, group: Sequence[Played], names: Mapping[ScoreKey, str]) -> NpcFigures:
    lines = [one.npcs[npc] for one in group]
    asked = sum(of.asked for of in lines)
    return NpcFigures(
        id=npc,
        names=tuple(sorted({of.name for of in lines})),
        episodes=len(group),
        lines=sum(of.count for of in lines),
        replaced=share_of(sum(of.replaced for of in lines), asked),
        faulty=share_of(sum(of.faulty for of in lines), asked),
        means=_means(group, names),
    )


def _player(player: str, group: Sequence[Played], names: Mapping[ScoreKey, str]) -> PlayerFigures:
    lines = sum(one.lines for one in group)
    intents = Counter[str]()
    for one in group:
        intents.update(one.intents)
    often = sorted(intents.items(), key=lambda item: (-item[1], item[0]))[:_INTENTS]
    return PlayerFigures(
        id=player,
        episodes=len(group),
        lines=lines / len(group),
        words=sum(one.words for one in group) / lines if lines else None,
        reached=_share(one.reached for one in group),
        gave_up=_share(one.gave_up for one in group),
        intents=tuple((intent, count / lines) for intent, count in often),
        means=_means(group, names),
    )


def _share(answers: Iterable[float | None]) -> Share | None:
    """How many of those that have an answer say yes."""
    known = [answer for answer in answers if answer is not None]
    return share_of(sum(answer >= 0.5 for answer in known), len(known))


def _means(group: Sequence[Played], names: Mapping[ScoreKey, str]) -> Mapping[str, float]:
    means: dict[str, float] = {}
    for key, name in names.items():
        if values := [one.scores[key] for one in group if key in one.scores]:
            means[name] = fmean(values)
    return means
