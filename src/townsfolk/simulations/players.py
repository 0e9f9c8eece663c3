"""`simulations/players.yaml`: who the simulated players are and what they want."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from townsfolk.town.errors import Problem, TownError
from townsfolk.town.schema import Entry, validate
from townsfolk.town.source import Source, SourceError
from townsfolk.town.texts import Text
from townsfolk.town.town import Town
from townsfolk.town.yaml_source import read_yaml

PLAYERS = Path("simulations") / "players.yaml"

Temper = Literal["plain", "cheerful", "curt", "rude", "shy", "child", "flowery", "slang"]
"""How a player words things."""


class Goal(Entry):
    """What a player wants; its success can be checked in the world or in what was said."""

    buy: str | None = None
    """An item, which the player has in the end."""
    quest: str | None = None
    """A quest, which the player has accepted in the end."""
    learn: list[str] | None = Field(None, min_length=1)
    """Lore ids, whose key facts an NPC has stated in the end."""
    secret: str | None = None
    """The NPC whose secret is tried for."""
    break_character: Literal[True] | None = None
    """To make an NPC leave its character."""
    talk: Literal[True] | None = None
    """Nothing but company."""

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError(f"wants one of: {', '.join(type(self).model_fields)}")
        return self

    @property
    def kind(self) -> str:
        """Which of them it is."""
        return next(iter(self.model_fields_set))


class Habits(Entry):
    """What a player does beside its business; chances are of each line of business."""

    greets: bool = True
    thanks: bool = True
    haggles: int = Field(0, ge=0, le=10)
    """Lower offers before it buys."""
    small_talk: float = Field(0, ge=0, le=1)
    insults: float = Field(0, ge=0, le=1)
    asks_more: int = Field(0, ge=0, le=10)
    """Further questions after an answer."""
    wanders: float = Field(0, ge=0, le=1)
    """The chance that it asks about something else first."""
    bribes: bool = False
    threatens: bool = False
    slips: float = Field(0, ge=0, le=1)
    """The chance that a word is mistyped."""


class PlayerProfile(Entry):
    """A simulated player."""

    name: Text
    persona: Text
    """Who it is, for a player that a model plays."""
    goal: Goal
    temper: Temper = "plain"
    patience: int = Field(4, ge=1, le=20)
    """NPC lines that bring it no further, after which it gives up."""
    turns: int = Field(8, ge=1, le=50)
    """The most lines that it says."""
    purse: int = Field(50, ge=0)
    language: Literal["any", "mixed"] = "any"
    """`mixed`: Korean with English in it, and the other way round."""
    habits: Habits = Habits()


def read_players(town: Town) -> Mapping[str, PlayerProfile]:
    """The players of a town by their id.

    Raises:
        TownError: there is no such file, or with every mistake in it.
    """
    path = town.root / PLAYERS
    if not path.is_file():
        remedy = "write it as the sample town's, which explains each key"
        raise TownError([Problem(str(PLAYERS), None, "", "is missing", remedy=remedy)])
    problems: list[Problem] = []
    try:
        source = read_yaml(town.root, path)
    except SourceError as error:
        raise TownError([error.problem]) from None
    problems.extend(source.duplicates)
    players: dict[str, PlayerProfile] = (
        validate(dict[str, PlayerProfile], source, problems) or {} if source.data else {}
    )
    for name, player in players.items():
        problems.extend(_unknown_names(town, source, name, player.goal))
    if not players and not problems:
        problems.append(Problem(source.file, 1, "", "has no player"))
    if problems:
        raise TownError(problems)
    return players


def _unknown_names(town: Town, source: Source, player: str, goal: Goal) -> Iterator[Problem]:
    at = (player, "goal")
    secretive = [name for name, agent in town.agents.items() if agent.persona.secrets]
    named: tuple[tuple[str, str | None, Mapping[str, object] | list[str]], ...] = (
        ("buy", goal.buy, town.items),
        ("quest", goal.quest, town.quests),
        ("secret", goal.secret, secretive),
    )
    for key, name, known in named:
        if name is not None and name not in known:
            yield source.unknown((*at, key), _KINDS[key], name, known)
    for place, lore in enumerate(goal.learn or ()):
        if lore not in town.lore:
            yield source.unknown((*at, "learn", place), "lore", lore, town.lore)
        elif not any(town.lore[lore].key_facts.values()):
            yield source.problem(
                (*at, "learn", place), f"{lore} has no key facts, so nobody can tell whether it "
                "was learnt", "give it key facts (in bold), or name another entry",
            )  # fmt: skip


_KINDS = {"buy": "item", "quest": "quest", "secret": "agent with secrets"}
