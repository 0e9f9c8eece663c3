"""What scenes are played with in tests: indexes that cost nothing, models, small scenes."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tests.support.replay_model import WEAK, ReplayModel, Reply
from townsfolk.models.errors import ModelUnavailable
from townsfolk.models.interface import Request
from townsfolk.models.profile import ModelProfile
from townsfolk.retrieval.hits import Hits
from townsfolk.retrieval.index import LoreIndex
from townsfolk.town.beats import Beat
from townsfolk.town.scenes import Scene
from townsfolk.town.town import Town
from townsfolk.town.transcript import Transcript, Turn

SMALL = "small"
"""The scene of a small town."""
_SYLLABLES = {"en": ["ka", "lo", "mi", "ru", "ten"], "ko": ["가", "로", "미", "루", "텐"]}

_LINES = {
    "en": ["Aye, we call it {} here.", "Well, that may be {}, or it may not.",
           "My mother always said {}, you know.", "I would sooner have {} than nothing."],
    "ko": ["여기서는 {}라 하오.", "{}라 해도 되겠소.", "{}라고들 해요.", "그건 {}야."],
}  # fmt: skip


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


class NoLore(LoreIndex):
    """Finds nothing, without embeddings: for what does not hang on lore."""

    warnings = ()

    def __init__(self) -> None: ...

    def search(self, *asked: Any, **how: Any) -> Hits:
        return Hits()


class RememberedLore(NoLore):
    """Looks the same thing up only once, for scenes that are played again and again."""

    def __init__(self, index: LoreIndex) -> None:
        super().__init__()
        self._index = index
        self.built = index.built
        self._found: dict[tuple[object, ...], Hits] = {}

    def search(self, *asked: Any, **how: Any) -> Hits:
        key = (asked, tuple((name, _frozen(value)) for name, value in sorted(how.items())))
        if key not in self._found:
            self._found[key] = self._index.search(*asked, **how)
        return self._found[key]


def model_away() -> ReplayModel:
    """A model that cannot be reached: every line is the author's."""
    return ReplayModel([ModelUnavailable("away")])


def lines_by_seed(language: str, profile: ModelProfile = WEAK) -> ReplayModel:
    """A model whose line hangs on the request's seed alone: the same turn, the same line."""

    def say(request: Request) -> Reply:
        chance = random.Random(request.seed)
        word = "".join(chance.choices(_SYLLABLES[language], k=6))
        return chance.choice(_LINES[language]).format(word)

    return ReplayModel(say, profile)


Entries = Mapping[str, Mapping[str, Any]]
"""Beats as they stand in a file."""


def small_town(town: Town, tasks: Entries, **scene: Any) -> Town:
    """The people of a town in one small scene, `SMALL`, with beats of its own."""
    missing = {"description": "Say something.", "expected_output": "One spoken sentence."}
    beats = {name: Beat.model_validate({**missing, **entry}) for name, entry in tasks.items()}
    setting = {"title": "Small", "place": "The square", "premise": "It is day."}
    steps = {"beats": list(tasks), "turn_taking": "addressed"}
    return replace(
        town,
        beats={**town.beats, **beats},
        scenes={SMALL: Scene.model_validate({**setting, **steps, **scene})},
    )


def beats_played(transcript: Transcript) -> list[str]:
    """The beats of a transcript in the order in which they were spoken."""
    return [turn.beat for turn in transcript.turns if turn.beat is not None]


def what_was_said(turns: Sequence[Turn]) -> list[dict[str, Any]]:
    """All of some turns but the time they took."""
    return [turn.model_dump(exclude={"timing"}) for turn in turns]


Typed = Callable[[str], str]


def typing(*lines: str) -> Typed:
    """Somebody who types these lines and then goes away."""
    left = iter(lines)

    def ask(hint: str) -> str:
        for line in left:
            return line
        raise EOFError

    return ask
