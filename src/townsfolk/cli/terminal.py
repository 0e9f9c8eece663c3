"""A scene on the terminal as it happens; plain lines where there is no terminal."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.rule import Rule

from townsfolk.crews.listener import QuietListener

if TYPE_CHECKING:
    from rich.status import Status

    from townsfolk.town.scenes import Scene
    from townsfolk.town.transcript import Transcript, Turn

_COLOURS = ("cyan", "yellow", "green", "magenta", "blue", "bright_red")
_PLAYER_COLOUR = "white"
_ENDINGS = {"until": ", what it waited for has come", "rounds": ", its rounds are over",
            "silence": ", nobody had more to say"}  # fmt: skip
_ORIGINS = {"authored": "authored line", "fallback": "fallback line", "say": "said as written"}


def scene_printer() -> ScenePrinter:
    """A printer for the terminal, or for plain lines where the output is none."""
    return RichPrinter() if sys.stdout.isatty() else ScenePrinter()


def turn_notes(turn: Turn) -> list[str]:
    """What belongs to a line: game actions, lore it rests on, where it comes from, seconds."""
    notes = ["interrupts"] if turn.interrupts else []
    for action in turn.game_actions:
        arguments = ", ".join(f"{key}={value}" for key, value in action.arguments.items())
        verdict = "" if action.accepted else f" rejected: {action.reason}"
        notes.append(f"action {action.name}({arguments}){verdict}")
    if turn.citations:
        notes.append(f"lore {', '.join(turn.citations)}")
    if turn.origin in _ORIGINS:
        reasons = ", ".join(dict.fromkeys(fault.rule for fault in turn.faults))
        notes.append(f"{_ORIGINS[turn.origin]}{f' ({reasons})' if reasons else ''}")
    if turn.origin != "player":
        notes.append(f"{turn.timing.seconds:.1f} s")
    return notes


def summary(transcript: Transcript) -> str:
    """One line on a whole scene: how many lines came from where, calls, seconds."""
    npc = [turn for turn in transcript.turns if turn.origin != "player"]
    origins = Counter[str](turn.origin for turn in npc)
    parts = [f"{len(npc)} NPC lines"]
    parts += [
        f"{origins[key]} {text}"
        for key, text in (
            ("model", "by the model"),
            ("authored", "authored in place of the model's"),
            ("fallback", "fallback lines"),
            ("say", "said as written"),
        )
        if origins[key]
    ]
    accepted = sum(action.accepted for turn in npc for action in turn.game_actions)
    parts.append(f"{accepted} game actions")
    parts.append(f"{sum(turn.timing.seconds for turn in npc):.1f} s of turns")
    ending = _ENDINGS.get(transcript.ending, "")
    return f"{transcript.status}{ending}: {', '.join(parts)} (seed {transcript.seed})"


def goes_on_after(transcript: Transcript) -> str:
    """What a scene that was stopped goes on after; nothing at its start."""
    if not transcript.turns:
        return ""
    last = transcript.turns[-1]
    return f"goes on after line {last.number}, {last.name}: {last.speech}"


def next_step(transcript: Transcript | None, file: Path) -> str:
    """How a scene that did not come to its end can be gone on with; nothing otherwise."""
    if transcript is None or transcript.status == "finished" or not transcript.turns:
        return ""
    return f"go on with: townsfolk play --continue {file}"


class ScenePrinter(QuietListener):
    """Plain lines on standard output."""

    ended: Transcript | None = None
    """The scene, once it is over."""

    def opening(self, town: str) -> None:
        """The first sign of life."""
        print(f"Townsfolk: opening {town}", flush=True)

    @contextmanager
    def waiting(self, title: str, model: str) -> Iterator[Callable[[int, int], None]]:
        """While model, index and CrewAI load; gives a function that is told of embedding."""
        print(f"{title} ({model})", flush=True)
        yield self._embedding

    def _embedding(self, done: int, total: int) -> None:
        if done % 64 == 0 or done == total:
            print(f"embedding lore: {done} of {total}", flush=True)

    def warn(self, text: str) -> None:
        """Something the user should know."""
        print(f"warning: {text}", flush=True)

    def ask(self, hint: str) -> str:
        """What a human player says."""
        return input(f"you (for example: {hint}): " if hint else "you: ")

    def scene_started(self, scene: Scene, transcript: Transcript) -> None:
        place = transcript.progress.place
        print(f"\n== {transcript.title} ==\n[{place}] {scene.premise.get(transcript.language)}\n")
        if rest := goes_on_after(transcript):
            print(f"({rest})")
        sys.stdout.flush()

    def place_changed(self, place: str) -> None:
        print(f"[{place}]", flush=True)

    def entered(self, names: Sequence[str]) -> None:
        print(f"-> {', '.join(names)}", flush=True)

    def left(self, names: Sequence[str]) -> None:
        print(f"<- {', '.join(names)}", flush=True)

    def spoke(self, turn: Turn, transcript: Transcript) -> None:
        stage = f" ({turn.stage})" if turn.stage else ""
        print(f"{turn.name}{stage}: {turn.speech}", flush=True)
        notes = turn_notes(turn)
        if notes:
            print(f"    {' | '.join(notes)}", flush=True)

    def scene_ended(self, transcript: Transcript) -> None:
        self.ended = transcript
        print(f"\n{summary(transcript)}", flush=True)

    def close(self, file: Path) -> None:
        """The last word: where the transcript is."""
        print(f"transcript: {file}", flush=True)
        if step := next_step(self.ended, file):
            print(step, flush=True)


class RichPrinter(ScenePrinter):
    """Colours, a spinner while somebody thinks, and room to breathe."""

    def __init__(self) -> None:
        self._console = Console(highlight=False)
        self._status: Status | None = None
        self._colours: dict[str, str] = {"player": _PLAYER_COLOUR}

    def opening(self, town: str) -> None:
        self._console.print(f"[bold]Townsfolk[/] [dim]opening {escape(town)}[/]")

    @contextmanager
    def waiting(self, title: str, model: str) -> Iterator[Callable[[int, int], None]]:
        message = f"[bold]{escape(title)}[/] [dim]waking {escape(model)}, lore and crew[/]"
        with self._console.status(message) as status:

            def embedding(done: int, total: int) -> None:
                status.update(f"{message} [dim]· embedding lore {done} of {total}[/]")

            yield embedding

    def warn(self, text: str) -> None:
        self._console.print(f"[yellow]warning:[/] {escape(text)}")

    def ask(self, hint: str) -> str:
        self._quiet()
        if hint:
            self._console.print(f"[dim]for example: {escape(hint)}[/]")
        return self._console.input("[bold]you ›[/] ")

    def scene_started(self, scene: Scene, transcript: Transcript) -> None:
        language = transcript.language
        self._console.print(Rule(f"[bold]{escape(transcript.title)}[/]"))
        self._place(transcript.progress.place)
        self._console.print(f"[italic dim]{escape(scene.premise.get(language))}[/]\n")
        if rest := goes_on_after(transcript):
            self._console.print(f"[dim]{escape(rest)}[/]\n")

    def place_changed(self, place: str) -> None:
        self._quiet()
        self._place(place)

    def _place(self, place: str) -> None:
        self._console.print(f"[bold]◆ {escape(place)}[/]")

    def entered(self, names: Sequence[str]) -> None:
        self._quiet()
        self._console.print(f"[dim]→ {escape(', '.join(names))}[/]\n")

    def left(self, names: Sequence[str]) -> None:
        self._quiet()
        self._console.print(f"[dim]← {escape(', '.join(names))}[/]\n")

    def thinking(self, name: str) -> None:
        self._quiet()
        self._status = self._console.status(f"[dim]{escape(name)} …[/]", spinner="dots")
        self._status.start()

    def spoke(self, turn: Turn, transcript: Transcript) -> None:
        self._quiet()
        colour = self._colours.setdefault(
            turn.speaker, _COLOURS[(len(self._colours) - 1) % len(_COLOURS)]
        )
        stage = f" [italic dim]{escape(turn.stage)}[/]" if turn.stage else ""
        self._console.print(f"[bold {colour}]{escape(turn.name)}[/]{stage}")
        self._console.print(Padding(escape(turn.speech), (0, 0, 0, 2)))
        notes = turn_notes(turn)
        if notes:
            self._console.print(Padding(f"[dim]{escape(' · '.join(notes))}[/]", (0, 0, 0, 2)))
        self._console.print()

    def scene_ended(self, transcript: Transcript) -> None:
        self._quiet()
        self.ended = transcript
        self._console.print(Rule())
        self._console.print(escape(summary(transcript)))

    def close(self, file: Path) -> None:
        self._quiet()
        self._console.print(f"[dim]transcript: {escape(str(file))}[/]")
        if step := next_step(self.ended, file):
            self._console.print(escape(step))

    def _quiet(self) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None
