"""`townsfolk show`: one episode, line by line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from townsfolk.cli.app import town_option

if TYPE_CHECKING:
    from rich.console import Console

    from townsfolk.store.records import Episode, Score
    from townsfolk.town.transcript import Turn


@click.command("show")
@click.argument("episode")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@town_option
def command(episode: str, as_json: bool, town_root: Path) -> None:
    """Show EPISODE (its id, or the beginning of it) with all that belongs to its lines."""
    from rich.console import Console

    from townsfolk.store.database import Database
    from townsfolk.store.episodes import read_episode

    database = Database.of_town(town_root)
    try:
        found = read_episode(database, episode)
    finally:
        database.close()
    if as_json:
        click.echo(json.dumps(_as_json(found), ensure_ascii=False, indent=2))
    else:
        _print(Console(highlight=False), found)


def _as_json(episode: Episode) -> dict[str, object]:
    from dataclasses import asdict

    told = asdict(episode)
    return {**told, "id": episode.id, "transcript": episode.transcript.model_dump(mode="json")}


def _print(console: Console, episode: Episode) -> None:
    from rich.markup import escape
    from rich.rule import Rule

    from townsfolk.cli.terminal import summary

    transcript = episode.transcript
    console.print(Rule(f"[bold]{escape(transcript.title)}[/] [dim]{episode.id}[/]"))
    console.print(
        escape(
            f"{transcript.town} · {transcript.model} · {transcript.language} · player "
            f"{episode.player} · {transcript.started_at}"
        ),
        style="dim",
    )
    place = ""
    for turn in transcript.turns:
        if turn.place != place:
            place = turn.place
            console.print(f"\n[bold]◆ {escape(place)}[/]")
        _print_turn(console, turn, [score for score in episode.scores if score.turn == turn.number])
    console.print(Rule())
    console.print(escape(summary(transcript)))
    if episode.error:
        console.print(f"[red]failed:[/] {escape(episode.error)}")
    _print_world(console, episode)
    for score in episode.scores:
        if score.turn is None:
            console.print(escape(_told(score)))


def _print_turn(console: Console, turn: Turn, scores: list[Score]) -> None:
    from rich.markup import escape
    from rich.padding import Padding

    stage = f" [italic dim]{escape(turn.stage)}[/]" if turn.stage else ""
    console.print(f"\n[bold]{escape(turn.name)}[/]{stage}")
    console.print(Padding(escape(turn.speech), (0, 0, 0, 2)))
    for note in [*_notes(turn), *(_told(score) for score in scores)]:
        console.print(Padding(f"[dim]{escape(note)}[/]", (0, 0, 0, 2)))


def _notes(turn: Turn) -> Iterator[str]:
    """What belongs to a line, a note each: actions, lore, cost, faults with their reasons."""
    from townsfolk.cli.terminal import turn_notes

    if notes := turn_notes(turn):
        yield " · ".join(notes)
    if turn.lore:
        yield f"was given {', '.join(turn.lore)}"
    if turn.calls:
        timing = turn.timing
        first = timing.first_token_seconds
        told = "" if first is None else f", first token after {first:.2f} s"
        yield (
            f"{turn.calls} calls, {turn.prompt_tokens} + {turn.completion_tokens} tokens{told}, "
            f"search {timing.retrieval_seconds:.2f} s"
        )
    for fault in turn.faults:
        yield f"fault {fault.rule}: {fault.detail}" if fault.detail else f"fault {fault.rule}"


def _print_world(console: Console, episode: Episode) -> None:
    """What the world is like at the end."""
    from rich.markup import escape

    for part, values in episode.transcript.world.model_dump(mode="json").items():
        if values:
            told = ", ".join(f"{name} {value}" for name, value in values.items())
            console.print(f"[dim]{escape(f'{part}: {told}')}[/]")


def _told(score: Score) -> str:
    reason = f" ({score.reason})" if score.reason else ""
    return f"{score.name} {score.value:g}{reason} · {score.evaluator} {score.version}"
