"""Why lines of the model could not be used as they were."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from townsfolk.simulations.report.played import asked_of_model
from townsfolk.simulations.report.spread import Share, share_of
from townsfolk.store.records import Episode
from townsfolk.town.transcript import Turn

_EXAMPLES = 3
"""Of each rule."""
_LONGEST = 300
"""Characters of an example's line and detail."""


@dataclass(frozen=True, slots=True)
class FaultExample:
    """A line with a fault."""

    episode: str
    number: int
    npc: str
    name: str
    language: str
    origin: str
    speech: str
    """What was spoken in the end; the model's own text is not kept."""
    detail: str


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """A rule and the faults against it."""

    rule: str
    count: int
    by_npc: Mapping[str, int]
    examples: tuple[FaultExample, ...]


@dataclass(frozen=True, slots=True)
class FaultFigures:
    """All faults, the most frequent rule first."""

    turns: Share | None
    """Lines with a fault among those for which the model was asked."""
    rules: tuple[RuleFigures, ...]

    @property
    def npcs(self) -> tuple[str, ...]:
        """Those whose lines had any."""
        return tuple(sorted({npc for rule in self.rules for npc in rule.by_npc}))


@dataclass(slots=True)
class FaultTally:
    """Counts the faults of episodes."""

    _asked: int = 0
    _faulty: int = 0
    _counts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    _examples: dict[str, list[FaultExample]] = field(default_factory=lambda: defaultdict(list))

    def add(self, episode: Episode) -> None:
        """Count the faults of an episode."""
        for turn in episode.transcript.turns:
            if asked_of_model(turn):
                self._asked += 1
                self._faulty += bool(turn.faults)
            for fault in turn.faults:
                self._counts[fault.rule][turn.speaker] += 1
                self._keep(fault.rule, fault.detail, turn, episode)

    def figures(self) -> FaultFigures:
        """What was counted."""
        rules = [
            RuleFigures(rule, of.total(), dict(sorted(of.items())), tuple(self._examples[rule]))
            for rule, of in self._counts.items()
        ]
        rules.sort(key=lambda found: (-found.count, found.rule))
        return FaultFigures(share_of(self._faulty, self._asked), tuple(rules))

    def _keep(self, rule: str, detail: str, turn: Turn, episode: Episode) -> None:
        """Keep the first examples, each of another episode."""
        kept = self._examples[rule]
        if len(kept) == _EXAMPLES or any(example.episode == episode.id for example in kept):
            return
        kept.append(
            FaultExample(
                episode.id, turn.number, turn.speaker, turn.name, episode.transcript.language,
                turn.origin, _cut(turn.speech), _cut(detail),
            )
        )  # fmt: skip


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
