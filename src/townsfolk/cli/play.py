"""`townsfolk play`: play a scene and show it as it happens."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click
from click.core import ParameterSource

from townsfolk.cli.app import town_option

if TYPE_CHECKING:
    from townsfolk.crews.setting import Executor
    from townsfolk.turns.player import Player

T = TypeVar("T")

_SENDING = 5.0
"""Seconds that sending to Langfuse may take after a scene."""


@click.command("play")
@click.argument("scene", required=False, envvar="TOWNSFOLK_SCENE")
@town_option
@click.option("--language", type=click.Choice(["en", "ko"]), envvar="TOWNSFOLK_LANGUAGE",
              help="The language of the scene; the town's own when left out.")  # fmt: skip
@click.option("--player", "player_kind", type=click.Choice(["scripted", "human", "none"]),
              envvar="TOWNSFOLK_PLAYER",
              help="Who plays the player: its script (when left out), you, or nobody.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), envvar="TOWNSFOLK_SEED",
              help="The same number gives the same scene on the embedded model.")  # fmt: skip
@click.option("--executor", type=click.Choice(["fast", "stock"]), default="fast", show_default=True,
              help="`stock` plays the tasks with CrewAI's own executor.")  # fmt: skip
@click.option("--json", "json_file", type=click.Path(path_type=Path, dir_okay=False),
              help="Write the transcript to this file as it grows.")  # fmt: skip
@click.option("--continue", "before", type=click.Path(path_type=Path, dir_okay=False),
              help="Go on from a transcript: with the rest of a scene that was stopped, or with "
                   "another SCENE in the world that it left.")  # fmt: skip
def command(
    scene: str | None,
    town_root: Path,
    language: str | None,
    player_kind: str | None,
    seed: int | None,
    executor: Executor,
    json_file: Path | None,
    before: Path | None,
) -> None:
    """Play SCENE (a file in crews/), or the town's default scene."""
    from townsfolk.cli.terminal import scene_printer

    printer = scene_printer()
    # The first sign of life comes before anything slow is imported.
    printer.opening(town_root.resolve().name)

    from townsfolk.cli.scene_start import choose_start
    from townsfolk.cli.sending import require_usable_langfuse, send_waiting
    from townsfolk.cli.store_listener import StoreListener
    from townsfolk.cli.transcript_listener import TranscriptListener
    from townsfolk.crews.play import Theatre
    from townsfolk.crews.setting import Setting
    from townsfolk.models.deployments import choose_model, require_language
    from townsfolk.store.database import Database
    from townsfolk.store.transcript_file import TranscriptFile
    from townsfolk.town.load import load_town
    from townsfolk.town.settings import cache_folder

    town = load_town(town_root)
    require_usable_langfuse()
    if before is not None:
        # What is set once for all plays says nothing of this one.
        scene, language = _stated("scene", scene), _stated("language", language)
    start = choose_start(town, scene, language, before)
    rest = start.rest_of
    if rest is not None and _stated("seed", seed) is not None:
        raise click.UsageError(f"--seed is {rest.seed} in the scene that was stopped; leave it out")
    kind = player_kind or (rest.player if rest else "scripted")
    if kind == "human" and executor == "stock":
        raise click.UsageError("--executor stock cannot wait for a human; leave one of them out")
    choice = choose_model("npc", town.root)
    require_language(choice, start.language)
    latest = cache_folder(town.root) / "transcripts" / f"{start.scene}.json"
    kept = before if rest else None
    file = TranscriptFile((json_file or kept or latest).absolute())
    setting = Setting(start.language, random.randrange(2**31) if seed is None else seed, executor)
    player = _player(kind, printer.ask)
    database = Database.of_town(town.root)
    listeners = [TranscriptListener(file), printer, StoreListener(database, setting)]
    title = town.scenes[start.scene].title.get(start.language)
    with printer.waiting(title, choice.name) as progress:
        theatre = Theatre.open(town, choice, progress)
    try:
        for warning in theatre.index.warnings:
            printer.warn(warning)
        if rest is not None:
            theatre.go_on(rest, player, setting, listeners)
        else:
            theatre.play(start.scene, player, setting, listeners, start.world)
        send_waiting(database, _SENDING, printer.warn)
    finally:
        theatre.model.close()
        database.close()
        printer.close(file.path)


def _stated(option: str, value: T | None) -> T | None:
    """An option's value where it stands on the command line, and not in the environment."""
    source = click.get_current_context().get_parameter_source(option)
    return value if source is ParameterSource.COMMANDLINE else None


def _player(kind: str, ask: Callable[[str], str]) -> Player | None:
    from townsfolk.turns.player import HumanPlayer, ScriptedPlayer

    if kind == "none":
        return None
    return HumanPlayer(ask) if kind == "human" else ScriptedPlayer()
