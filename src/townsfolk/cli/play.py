"""`townsfolk play`: play a scene and show it as it happens."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from townsfolk.cli.app import town_option

if TYPE_CHECKING:
    from townsfolk.crews.setting import Executor
    from townsfolk.town.town import Town
    from townsfolk.turns.player import Player


@click.command("play")
@click.argument("scene", required=False, envvar="TOWNSFOLK_SCENE")
@town_option
@click.option("--language", type=click.Choice(["en", "ko"]), envvar="TOWNSFOLK_LANGUAGE",
              help="The language of the scene; the town's own when left out.")  # fmt: skip
@click.option("--player", "player_kind", type=click.Choice(["scripted", "human", "none"]),
              default="scripted", envvar="TOWNSFOLK_PLAYER", show_default=True,
              help="Who plays the player: the scene's script, you, or nobody.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), envvar="TOWNSFOLK_SEED",
              help="The same number gives the same scene on the embedded model.")  # fmt: skip
@click.option("--executor", type=click.Choice(["fast", "stock"]), default="fast", show_default=True,
              help="`stock` plays the tasks with CrewAI's own executor.")  # fmt: skip
@click.option("--json", "json_file", type=click.Path(path_type=Path, dir_okay=False),
              help="Write the transcript to this file as it grows.")  # fmt: skip
def command(
    scene: str | None,
    town_root: Path,
    language: str | None,
    player_kind: str,
    seed: int | None,
    executor: Executor,
    json_file: Path | None,
) -> None:
    """Play SCENE (a file in crews/), or the town's default scene."""
    from townsfolk.cli.terminal import scene_printer

    printer = scene_printer()
    # The first sign of life comes before anything slow is imported.
    printer.opening(town_root.resolve().name)

    from townsfolk.crews.play import Theatre
    from townsfolk.crews.setting import Setting
    from townsfolk.models.deployments import choose_model, require_language
    from townsfolk.store.transcript_file import TranscriptFile
    from townsfolk.town.load import load_town
    from townsfolk.town.settings import cache_folder

    town = load_town(town_root)
    name = _scene_name(town, scene)
    spoken = _language(town, name, language)
    choice = choose_model("npc", town.root)
    require_language(choice, spoken)
    latest = cache_folder(town.root) / "transcripts" / f"{name}.json"
    from townsfolk.cli.transcript_listener import TranscriptListener

    file = TranscriptFile((json_file or latest).absolute())
    setting = Setting(spoken, random.randrange(2**31) if seed is None else seed, executor)
    with printer.waiting(town.scenes[name].title.get(spoken), choice.name) as progress:
        theatre = Theatre.open(town, choice, progress)
    if not theatre.index.dense:
        printer.warn("the embedding model has no wheel here: lore is found by BM25 alone")
    player = _player(player_kind, printer.ask)
    try:
        theatre.play(name, player, setting, [TranscriptListener(file), printer])
    finally:
        printer.close(file.path)
        theatre.model.close()


def _scene_name(town: Town, scene: str | None) -> str:
    from townsfolk.town.errors import did_you_mean, listing

    name = Path(scene).stem if scene and scene.endswith(".yaml") else scene
    if name is None:
        return town.default_scene
    if name not in town.scenes:
        hint = did_you_mean(name, town.scenes)
        raise click.BadParameter(
            f"no scene is called {name!r}; there are: {listing(town.scenes)}. {hint}".strip(),
            param_hint="SCENE",
        )
    return name


def _language(town: Town, scene: str, language: str | None) -> str:
    chosen = language or town.default_language
    if chosen not in town.config.languages:
        raise click.BadParameter(
            f"the town is not written in {chosen!r}; it has: {', '.join(town.config.languages)}",
            param_hint="--language",
        )
    for member in town.scenes[scene].cast:
        agent = town.agents[member]
        if chosen not in agent.persona.language:
            raise click.BadParameter(
                f"{agent.name(chosen)} speaks only {', '.join(agent.persona.language)}",
                param_hint="--language",
            )
    return chosen


def _player(kind: str, ask: Callable[[str], str]) -> Player | None:
    from townsfolk.turns.player import HumanPlayer, ScriptedPlayer

    if kind == "none":
        return None
    return HumanPlayer(ask) if kind == "human" else ScriptedPlayer()
