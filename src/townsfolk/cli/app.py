"""The command line: one module a command, imported when the command is called."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import click

from townsfolk import __version__

_COMMANDS: dict[str, tuple[str, str]] = {
    "play": ("townsfolk.cli.play", "Play a scene."),
    "check": ("townsfolk.cli.check", "Read a town and report all of its mistakes."),
    "new": ("townsfolk.cli.new", "Make a small working town in a folder."),
    "index": ("townsfolk.cli.index", "Embed a town's lore ahead of time."),
    "search": ("townsfolk.cli.search", "Search a town's lore as an NPC does."),
    "retrieve": ("townsfolk.cli.retrieve", "Answer a file of queries from a town's lore."),
    "evaluate-retrieval": (
        "townsfolk.cli.evaluate_retrieval",
        "Measure how well a town's lore is found.",
    ),
    "simulate": ("townsfolk.cli.simulate", "Hold a batch of conversations with simulated players."),
    "runs": ("townsfolk.cli.runs", "List what has been played."),
    "show": ("townsfolk.cli.show", "Show an episode, line by line."),
    "report": ("townsfolk.cli.report", "Show what a run came to, and write a page about it."),
    "finetune": (
        "townsfolk.cli.finetune",
        "Train the NPC model on a town, and measure what came of it.",
    ),
    "sync": ("townsfolk.cli.sync", "Send what waits in the store to Langfuse."),
    "langfuse": ("townsfolk.cli.langfuse", "Make a Langfuse project ready."),
    "doctor": ("townsfolk.cli.doctor", "Check each part and say what to do."),
}

F = TypeVar("F", bound=Callable[..., Any])


class _Commands(click.Group):
    """Lists the commands without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(_COMMANDS[cmd_name][0]).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            import difflib

            close = difflib.get_close_matches(args[0], _COMMANDS, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            ctx.fail(f"No such command {args[0]!r}; there are: {', '.join(_COMMANDS)}.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; a user's mistake, or a reader who left, is no traceback."""
        try:
            return self._invoke_or_say(ctx)
        except BrokenPipeError:
            from townsfolk.cli.streams import leave_closed_output

            sys.exit(leave_closed_output())

    def _invoke_or_say(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("\nstopped", err=True)
            sys.exit(130)
        except BrokenPipeError:
            raise
        except Exception as error:
            from townsfolk.cli.failures import show_failure

            sys.exit(show_failure(error))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="townsfolk")
def app() -> None:
    """Towns full of NPCs that stay in character."""


def _read_environment(context: click.Context, option: click.Parameter, town_root: Path) -> Path:
    """Read the town's `.env` before the other options look at the environment."""
    from townsfolk.cli.failures import show_failure
    from townsfolk.town.errors import TownError
    from townsfolk.town.settings import load_environment

    try:
        load_environment(town_root.absolute())
    except TownError as error:
        context.exit(show_failure(error))
    return town_root


def town_option(function: F) -> F:
    """The option `--town DIR`, which every command takes; its `.env` is read with it."""
    return click.option(
        "--town",
        "town_root",
        type=click.Path(path_type=Path, file_okay=False),
        default=Path(),
        envvar="TOWNSFOLK_TOWN",
        is_eager=True,
        callback=_read_environment,
        help="The town's folder; the current one when left out.",
    )(function)
