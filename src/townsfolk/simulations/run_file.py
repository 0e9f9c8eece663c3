"""`simulations/NAME.yaml`: which conversations a batch holds, with whom, within which limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from townsfolk.simulations.players import PLAYERS, PlayerProfile
from townsfolk.town.errors import Problem, TownError
from townsfolk.town.schema import Entry, validate
from townsfolk.town.source import Source, SourceError
from townsfolk.town.texts import Language, Text
from townsfolk.town.town import Town
from townsfolk.town.yaml_source import read_yaml

FOLDER = Path("simulations")


class Chat(Entry):
    """One NPC, and the players that talk to it one after the other."""

    npc: str
    place: Text
    premise: Text
    players: list[str] = Field(min_length=1)


class ScenePlan(Entry):
    """A scene of `crews/`, played with each of these players."""

    scene: str
    players: list[str] = Field(min_length=1)


class Limits(Entry):
    """When an episode is ended, and when the whole run stops."""

    turns: int = Field(8, ge=1, le=100)
    """Lines of the player in a chat."""
    seconds: float = Field(600, gt=0)
    """Of one episode."""
    tokens: int = Field(200_000, ge=1)
    """Of one episode, prompts and answers together."""
    cost: float | None = Field(None, gt=0)
    """US dollars of the whole run, as LiteLLM reckons them."""


class RunFile(Entry):
    """A batch of episodes: each chat and scene × player × language × seed × model."""

    chats: list[Chat] = []
    scenes: list[ScenePlan] = []
    languages: list[Language] | None = Field(None, min_length=1)
    """The town's default language when left out."""
    seeds: int | list[int] = 1
    """How many (1, 2, …), or which."""
    models: list[str] | None = Field(None, min_length=1)
    """As in TOWNSFOLK_NPC_MODEL; the NPCs' own model when left out."""
    player: Literal["agenda", "model"] = "agenda"
    """What plays the players: an agenda and a bank of utterances, or the player role's model."""
    context: int | None = Field(None, ge=512)
    """Tokens that a turn's prompts and answers may take, where that is less than the model can:
    older lines are left out earlier, and turns are faster."""
    limits: Limits = Limits()
    processes: int = Field(1, ge=1, le=64)
    concurrency: int = Field(1, ge=1, le=256)
    """Episodes at a time in each process."""

    @model_validator(mode="after")
    def _has_episodes(self) -> Self:
        if not self.chats and not self.scenes:
            raise ValueError("has neither chats nor scenes; add one")
        if isinstance(self.seeds, int) and not 1 <= self.seeds <= 100_000:
            raise ValueError("seeds is the number of seeds (1 to 100000) or a list of them")
        return self

    @property
    def seed_list(self) -> list[int]:
        """The seeds."""
        return list(range(1, self.seeds + 1)) if isinstance(self.seeds, int) else self.seeds


def run_file_of(town: Town, name: str) -> Path:
    """The file of a run that is named by its path, or by its name in `simulations/`."""
    given = Path(name)
    if given.suffix in (".yaml", ".yml"):
        return given if given.is_file() else town.root / given
    return town.root / FOLDER / f"{name}.yaml"


def read_run_file(town: Town, path: Path, players: Mapping[str, PlayerProfile]) -> RunFile:
    """A run file, checked against the town and its players.

    Raises:
        TownError: it is not there, or with every mistake in it.
    """
    if not path.is_file():
        there = sorted(
            file.stem for file in (town.root / FOLDER).glob("*.yaml") if file.name != PLAYERS.name
        )
        found = f"there are: {', '.join(there)}" if there else "write one as the sample town's"
        raise TownError([Problem(str(path), None, "", "is missing", remedy=found)])
    path = path.absolute()
    inside = path.is_relative_to(town.root.absolute())
    problems: list[Problem] = []
    try:
        source = read_yaml(town.root if inside else path.parent, path)
    except SourceError as error:
        raise TownError([error.problem]) from None
    problems.extend(source.duplicates)
    read: RunFile | None = None
    if source.data is None:
        problems.append(Problem(source.file, 1, "", "is empty"))
    else:
        read = validate(RunFile, source, problems)
    if read is not None:
        problems.extend(_unknown_names(town, source, read, players))
    if problems or read is None:
        raise TownError(problems)
    return read


def _unknown_names(
    town: Town, source: Source, read: RunFile, players: Mapping[str, PlayerProfile]
) -> Iterator[Problem]:
    for place, chat in enumerate(read.chats):
        if chat.npc not in town.agents:
            yield source.unknown(("chats", place, "npc"), "agent", chat.npc, town.agents)
    for place, plan in enumerate(read.scenes):
        if plan.scene not in town.scenes:
            yield source.unknown(("scenes", place, "scene"), "scene", plan.scene, town.scenes)
    named = [("chats", n, chat.players) for n, chat in enumerate(read.chats)]
    named += [("scenes", n, plan.players) for n, plan in enumerate(read.scenes)]
    for key, place, of_plan in named:
        for number, player in enumerate(of_plan):
            if player not in players:
                yield source.unknown((key, place, "players", number), "player", player, players)
    for place, language in enumerate(read.languages or []):
        if language not in town.config.languages:
            known = list(town.config.languages)
            yield source.unknown(("languages", place), "language", language, known)
