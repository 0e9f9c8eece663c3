"""The `townsfolk` command."""

from __future__ import annotations


def main() -> None:
    """The command's entry point."""
    from townsfolk.cli.app import app
    from townsfolk.cli.streams import prepare_streams

    prepare_streams()
    app(prog_name="townsfolk")


def run_crew() -> None:
    """What `crewai run` calls: plays the town's default scene.

    CrewAI passes no parameters, so they come from the environment: TOWNSFOLK_SCENE,
    TOWNSFOLK_LANGUAGE, TOWNSFOLK_PLAYER, TOWNSFOLK_SEED.
    """
    from townsfolk.cli.app import app
    from townsfolk.cli.streams import prepare_streams

    prepare_streams()
    app(["play"], prog_name="run_crew")
