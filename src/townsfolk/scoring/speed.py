"""How long an NPC's turns took, and what they used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import fmean

from townsfolk.store.records import Score
from townsfolk.town.beats import PLAYER
from townsfolk.town.town import Town
from townsfolk.town.transcript import Transcript, Turn

EVALUATOR = "speed"


class SpeedScorer:
    """`response_time` and `time_to_first_token` (seconds, mean over the NPCs' turns with a model
    call), `tokens` and `calls` (of the whole episode)."""

    names = ("response_time", "time_to_first_token", "tokens", "calls")
    version = "1"

    def scores(self, town: Town, transcript: Transcript) -> Iterator[Score]:
        """The figures of an episode, and each turn's response time."""
        called = [t for t in transcript.turns if t.speaker != PLAYER and t.calls]
        for turn in called:
            yield self._score("response_time", turn.timing.seconds, turn.number)
        if called:
            yield self._score("response_time", fmean(t.timing.seconds for t in called))
        if first := _first_tokens(called):
            yield self._score("time_to_first_token", fmean(first))
        tokens = sum(turn.prompt_tokens + turn.completion_tokens for turn in called)
        yield self._score("tokens", tokens)
        yield self._score("calls", sum(turn.calls for turn in called))

    def _score(self, name: str, value: float, turn: int | None = None) -> Score:
        return Score(name, float(value), "", EVALUATOR, self.version, turn)


def _first_tokens(turns: Sequence[Turn]) -> list[float]:
    """Seconds until the first token of each turn, the search before it included."""
    return [
        turn.timing.first_token_seconds + turn.timing.retrieval_seconds
        for turn in turns
        if turn.timing.first_token_seconds is not None
    ]
