"""What a run is, and how far it is: of all its episodes, those left out of the figures too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from townsfolk.store.records import Episode, Run
from townsfolk.town.beats import PLAYER

ORIGINS = ("model", "authored", "fallback", "say")


@dataclass(frozen=True, slots=True)
class Head:
    """A run at a glance."""

    id: str
    kind: str
    name: str
    town: str
    release: str
    created_at: str
    last_at: str
    """When the last episode was over; empty before the first."""
    models: tuple[str, ...]
    languages: tuple[str, ...]
    planned: int
    finished: int
    stopped: int
    failed: int
    left_out: int
    """Episodes with errors of the player that have no part in the figures below."""
    turns: int
    """Lines of players and NPCs together."""
    origins: Mapping[str, int]
    """NPC lines by where they come from."""
    seconds: float
    """Of all episodes together."""
    prompt_tokens: int
    completion_tokens: int


@dataclass(slots=True)
class HeadTally:
    """Counts the episodes of a run."""

    run: Run
    left_out: int = 0
    _models: set[str] = field(default_factory=set)
    _languages: set[str] = field(default_factory=set)
    _states: Counter[str] = field(default_factory=Counter)
    _origins: Counter[str] = field(default_factory=Counter)
    _turns: int = 0
    _seconds: float = 0.0
    _prompt: int = 0
    _completion: int = 0
    _last: str = ""

    def add(self, episode: Episode) -> None:
        """Count an episode."""
        transcript = episode.transcript
        self._states[transcript.status] += 1
        self._languages.add(transcript.language)
        if transcript.turns or transcript.status != "failed":
            # One that failed before it began knows only what its model was called in the run file.
            self._models.add(transcript.model)
        self._seconds += episode.seconds
        self._last = max(self._last, episode.finished_at)
        for turn in transcript.turns:
            self._turns += 1
            self._origins[turn.origin] += turn.speaker != PLAYER
            self._prompt += turn.prompt_tokens
            self._completion += turn.completion_tokens

    def figures(self) -> Head:
        """What was counted."""
        run, states = self.run, self._states
        return Head(
            run.id, run.kind, run.name, run.town, run.release, run.created_at, self._last,
            models=tuple(sorted(self._models)),
            languages=tuple(sorted(self._languages)),
            planned=run.planned,
            finished=states.total() - states["failed"] - states["stopped"],
            stopped=states["stopped"],
            failed=states["failed"],
            left_out=self.left_out,
            turns=self._turns,
            origins={origin: self._origins[origin] for origin in ORIGINS},
            seconds=self._seconds,
            prompt_tokens=self._prompt,
            completion_tokens=self._completion,
        )  # fmt: skip
