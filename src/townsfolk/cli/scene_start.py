"""What a scene starts from: the beginning, another scene's world, or where it was stopped."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from townsfolk.store.read_transcript import read_transcript
from townsfolk.town.beats import PLAYER
from townsfolk.town.errors import TownsfolkError, did_you_mean, listing
from townsfolk.town.scene_version import scene_version
from townsfolk.town.town import Town
from townsfolk.town.transcript import Transcript
from townsfolk.town.world import World


@dataclass(frozen=True, slots=True)
class SceneStart:
    """A scene, its language, and what was before it."""

    scene: str
    language: str
    rest_of: Transcript | None = None
    """The stopped scene that is to be gone on with."""
    world: World | None = None
    """The world that another scene left."""


def choose_start(
    town: Town, scene: str | None, language: str | None, before: Path | None
) -> SceneStart:
    """What the command line asks for; `before` is the transcript to go on from.

    Raises:
        click.BadParameter: a scene or language that the town does not have.
        TownsfolkError: the transcript cannot be gone on from.
    """
    earlier = read_transcript(before) if before is not None else None
    if earlier is not None:
        _check_town(town, earlier, before)
    named = _stem(scene)
    if earlier is None:
        name = named or town.default_scene
        _check_scene(town, name)
        return SceneStart(name, _language(town, name, language))
    if earlier.status != "finished" and named in (None, earlier.scene):
        _check_rest(town, earlier, before)
        if language not in (None, earlier.language):
            raise click.BadParameter(
                f"the scene that was stopped is played in {earlier.language!r}",
                param_hint="--language",
            )
        return SceneStart(
            earlier.scene, _language(town, earlier.scene, earlier.language), rest_of=earlier
        )
    if named is None:
        raise TownsfolkError(
            f"{earlier.scene} in {before} is finished; name the scene that comes next in its world:"
            f" townsfolk play SCENE --continue {before}"
        )
    _check_scene(town, named)
    spoken = _language(town, named, language or earlier.language)
    return SceneStart(named, spoken, world=earlier.world)


def _stem(scene: str | None) -> str | None:
    return Path(scene).stem if scene and scene.endswith(".yaml") else scene


def _check_scene(town: Town, name: str) -> None:
    if name not in town.scenes:
        hint = did_you_mean(name, town.scenes)
        raise click.BadParameter(
            f"no scene is called {name!r}; there are: {listing(town.scenes)}. {hint}".strip(),
            param_hint="SCENE",
        )


def _check_town(town: Town, earlier: Transcript, file: Path | None) -> None:
    names = town.config.name.variants
    if earlier.town not in names:
        raise TownsfolkError(
            f"cannot go on from {file}: it is of {earlier.town}, and this town is {names[0]}; "
            "name its own town with --town DIR"
        )


def _check_rest(town: Town, earlier: Transcript, file: Path | None) -> None:
    name, progress = earlier.scene, earlier.progress
    known = name in town.scenes
    if not known or scene_version(town, name) != progress.version or not _sound(town, earlier):
        found = f"the steps of {name} have changed" if known else f"the town has no scene {name!r}"
        raise TownsfolkError(
            f"cannot go on with {name} from {file}: {found} since it was stopped; "
            f"play a scene in its world instead: townsfolk play SCENE --continue {file}"
        )


def _sound(town: Town, earlier: Transcript) -> bool:
    """Whether what it says of the scene's progress can be so; somebody may have edited it."""
    progress, scene = earlier.progress, town.scenes[earlier.scene]
    return (
        0 <= progress.next <= len(scene.beats)
        and 0 <= progress.fresh <= len(progress.left_open)
        and set(progress.present) <= {PLAYER, *scene.cast}
        and set(progress.left_open) <= set(scene.beat_ids())
    )


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
