"""The command in any locale, and with readers that leave early."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TOWNS = Path(__file__).parents[1] / "towns"
RUN = [sys.executable, "-c", "from townsfolk.cli import main; main()"]
CHECK = [*RUN, "check", "--town", str(TOWNS / "good_small")]
ASK = """
from townsfolk.cli.streams import prepare_streams
from townsfolk.cli.terminal import ScenePrinter
prepare_streams()
try:
    print(ascii(ScenePrinter().ask("hello")))
except EOFError:
    print("left")
"""


def environment(**changes: str) -> dict[str, str]:
    names = ("LC_ALL", "LANG", "PYTHONIOENCODING", "PYTHONUTF8", "PYTHONCOERCECLOCALE")
    return {key: text for key, text in os.environ.items() if key not in names} | changes


ASCII = environment(LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        (ASCII, "Pellin / 펠린".encode()),
        (environment(PYTHONIOENCODING="ascii"), "Pellin / 펠린".encode()),
        (environment(PYTHONIOENCODING="latin-1"), b"Pellin / \\ud3a0\\ub9b0"),
    ],
    ids=["C", "ascii", "latin-1"],
)
def test_what_a_locale_cannot_write_stops_nothing(settings: dict[str, str], name: bytes) -> None:
    done = subprocess.run(CHECK, env=settings, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(name)
    assert done.stderr == b""


@pytest.mark.parametrize("settings", [ASCII, environment(PYTHONUTF8="1"),
                                      environment(PYTHONIOENCODING="utf-8:strict")])  # fmt: skip
@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("안녕\n".encode(), ascii("안녕")),
        (b"good \xff\xfe day\n", r"'good \ufffd\ufffd day'"),
    ],
)
def test_what_a_player_types_is_read_in_any_locale(
    settings: dict[str, str], typed: bytes, read: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASK], input=typed, env=settings, capture_output=True, check=True
    )
    assert done.stdout.decode().rstrip().endswith(read)


@pytest.mark.parametrize(
    "arguments",
    [CHECK, [*CHECK, "--help"], [*RUN, "doctor"], [*RUN, "check", "--town", "/nowhere"]],
    ids=["check", "help", "doctor", "failure"],
)
def test_a_reader_that_is_gone_ends_the_program_quietly(arguments: list[str]) -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as closed:
        failing = arguments[-1] == "/nowhere"
        done = subprocess.run(
            arguments,
            stdout=subprocess.PIPE if failing else closed,
            stderr=closed if failing else subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 141
    assert not done.stderr
    assert not done.stdout


def test_streams_that_are_closed_from_the_start() -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" <&- >&-', "sh", *CHECK], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == b""


def test_a_player_whose_input_is_closed_has_left() -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" <&-', "sh", sys.executable, "-c", ASK],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.endswith("left\n")
