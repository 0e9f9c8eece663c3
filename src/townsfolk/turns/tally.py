"""What the model calls of a turn cost."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field

from townsfolk.models.interface import Completion, Request
from townsfolk.town.transcript import Fault


@dataclass(slots=True)
class Tally:
    """What the calls of a turn cost, and what was wrong with their answers."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    first_token_seconds: float | None = None
    faults: list[Fault] = field(default_factory=list)

    def add(self, completion: Completion) -> None:
        """Count an answer."""
        self.prompt_tokens += completion.prompt_tokens
        self.completion_tokens += completion.completion_tokens
        if self.first_token_seconds is None:
            self.first_token_seconds = completion.first_token_seconds


def call(request: Request, tally: Tally) -> Generator[Request, Completion, Completion]:
    """One model call, counted also when it fails."""
    tally.calls += 1
    completion = yield request
    tally.add(completion)
    return completion
