"""From `uv run run_crew` to the first line that the model wrote, against a bare `import crewai`.

    uv run python benchmarks/first_line.py [--rounds 5]

Both start from nothing in the same run, in turns. What is timed is what a user sees: the lines of
the program's output as they appear. A line that was written by the model is one whose note does not
say otherwise; where the first NPC lines are authored ones, the time runs on.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
TRANSCRIPT = ROOT / ".townsfolk" / "transcripts" / "town_arrival.json"
_NOT_THE_MODEL = ("authored line", "fallback line", "said as written")
STEPS = ("first sign of life", "town read", "scene opens", "first line of an NPC", "of the model")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds: int = parser.parse_args().rounds
    bare: list[float] = []
    reached: dict[str, list[float]] = {step: [] for step in STEPS}
    turns: list[dict[str, float]] = []
    for number in range(rounds + 1):
        seconds = _bare_import()
        steps, turn = _scene(seed=number)
        if number == 0:  # the first round warms up the file cache
            continue
        bare.append(seconds)
        turns.append(turn)
        for step, at in steps.items():
            reached[step].append(at)
        print(f"round {number}: import {seconds:.1f} s, {_written(steps)}", flush=True)
    base = statistics.median(bare)
    print(f"\nmedian of {rounds}, seconds from the start")
    print(f"bare import crewai      {base:6.2f}")
    for step, times in reached.items():
        if times:
            median = statistics.median(times)
            print(f"{step:24}{median:6.2f}   ratio {median / base:5.2f}   ({len(times)} runs)")
    for key in ("retrieval_seconds", "first_token_seconds", "seconds"):
        value = statistics.median(turn[key] for turn in turns)
        print(f"first turn, {key:24}{value:6.2f}")


def _bare_import() -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import crewai"], check=True, env=_environment())
    return time.perf_counter() - started


def _scene(seed: int) -> tuple[dict[str, float], dict[str, float]]:
    """When each step was reached, and the timing of the first turn."""
    environment = _environment() | {"TOWNSFOLK_SEED": str(seed)}
    started = time.perf_counter()
    process = subprocess.Popen(
        ["uv", "run", "run_crew"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    lines = ((time.perf_counter() - started, line.rstrip()) for line in process.stdout)
    steps = dict(_steps(lines))
    process.send_signal(signal.SIGINT)
    process.communicate()
    turn = json.loads(TRANSCRIPT.read_text("utf-8"))["turns"][0]
    return steps, {key: value or 0.0 for key, value in turn["timing"].items()}


def _steps(lines: Iterator[tuple[float, str]]) -> Iterator[tuple[str, float]]:
    """The steps as the output shows them, up to the model's first line."""
    spoken_at: float | None = None
    opened = False
    for number, (at, line) in enumerate(lines):
        if number < 2:
            yield STEPS[number], at
        elif line.startswith("== "):
            opened = True
            yield STEPS[2], at
        elif opened and line.startswith("    ") and spoken_at is not None:
            if not any(note in line for note in _NOT_THE_MODEL):
                yield STEPS[4], spoken_at
                return
        elif opened and ": " in line and not line.startswith("["):
            if spoken_at is None:
                yield STEPS[3], at
            spoken_at = at


def _written(steps: dict[str, float]) -> str:
    return ", ".join(f"{step} {at:.1f} s" for step, at in steps.items())


def _environment() -> dict[str, str]:
    quiet = {"CREWAI_TRACING_ENABLED": "false", "CREWAI_DISABLE_TELEMETRY": "true"}
    return os.environ | quiet | {"PYTHONUNBUFFERED": "1"}


if __name__ == "__main__":
    main()
