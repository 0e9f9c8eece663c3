"""Steps: done once, again when what they rest on has changed, never half."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.silent_reporter import Silent
from townsfolk.finetune.errors import FinetuneError
from townsfolk.finetune.steps import Reporter, Step, run_steps


def steps(settings: dict[str, int]) -> list[Step]:
    def work(name: str) -> Any:
        def write(folder: Path, reporter: Reporter) -> Mapping[str, Any]:
            (folder / "made.txt").write_text(name)
            return {"made": name}

        return write

    return [
        Step("first", lambda: {"n": settings["first"]}, work("first")),
        Step("beside", lambda: {}, work("beside")),
        Step("last", lambda: {"n": settings["last"]}, work("last"), after=("first",)),
    ]


def run(folder: Path, settings: dict[str, int], **options: Any) -> list[str]:
    reporter = Silent()
    run_steps(steps(settings), folder, reporter, **options)
    return reporter.seen


def test_what_is_done_is_not_done_again(tmp_path: Path) -> None:
    assert run(tmp_path, {"first": 1, "last": 1}) == ["+first", "+beside", "+last"]
    assert run(tmp_path, {"first": 1, "last": 1}) == ["-first", "-beside", "-last"]


def test_a_change_does_over_what_rests_on_it_and_nothing_else(tmp_path: Path) -> None:
    run(tmp_path, {"first": 1, "last": 1})
    assert run(tmp_path, {"first": 1, "last": 2}) == ["-first", "-beside", "+last"]
    assert run(tmp_path, {"first": 2, "last": 2}) == ["+first", "-beside", "+last"]


def test_one_step_alone_does_those_it_rests_on(tmp_path: Path) -> None:
    assert run(tmp_path, {"first": 1, "last": 1}, only="last") == ["+first", "+last"]
    assert run(tmp_path, {"first": 1, "last": 1}, only="last", anew=True) == ["-first", "+last"]


def test_what_rests_on_a_step_that_was_done_anew_is_done_again_too(tmp_path: Path) -> None:
    run(tmp_path, {"first": 1, "last": 1})
    assert run(tmp_path, {"first": 1, "last": 1}, only="first", anew=True) == ["+first"]
    assert (tmp_path / "last" / "made.txt").is_file()
    assert run(tmp_path, {"first": 1, "last": 1}) == ["-first", "-beside", "+last"]


def test_a_step_that_breaks_off_leaves_what_was_made_before(tmp_path: Path) -> None:
    run(tmp_path, {"first": 1, "last": 1})

    def break_off(folder: Path, reporter: Reporter) -> Mapping[str, Any]:
        (folder / "made.txt").write_text("half")
        raise KeyboardInterrupt

    broken = [Step("first", lambda: {"n": 5}, break_off)]
    with pytest.raises(KeyboardInterrupt):
        run_steps(broken, tmp_path, Silent())
    assert (tmp_path / "first" / "made.txt").read_text() == "first"
    assert run(tmp_path, {"first": 1, "last": 1}) == ["-first", "-beside", "-last"]


def test_two_at_once_in_a_folder_are_told(tmp_path: Path) -> None:
    def work(folder: Path, reporter: Reporter) -> Mapping[str, Any]:
        with pytest.raises(FinetuneError, match="another fine-tuning is at work"):
            run(tmp_path, {"first": 1, "last": 1})
        return {}

    run_steps([Step("outer", dict, work)], tmp_path, Silent())
    assert run(tmp_path, {"first": 1, "last": 1}) == ["+first", "+beside", "+last"]


def test_a_step_that_can_go_on_finds_what_it_had_made(tmp_path: Path) -> None:
    tries: list[bool] = []

    def work(folder: Path, reporter: Reporter) -> Mapping[str, Any]:
        tries.append((folder / "half.txt").exists())
        (folder / "half.txt").write_text("half")
        if len(tries) == 1:
            raise KeyboardInterrupt
        return {}

    step = [Step("long", lambda: {"n": 1}, work, resumable=True)]
    with pytest.raises(KeyboardInterrupt):
        run_steps(step, tmp_path, Silent())
    run_steps(step, tmp_path, Silent())
    assert tries == [False, True]


def test_a_step_that_is_done_anew_does_not_go_on_with_what_it_had(tmp_path: Path) -> None:
    found: list[bool] = []

    def work(folder: Path, reporter: Reporter) -> Mapping[str, Any]:
        found.append((folder / "half.txt").exists())
        (folder / "half.txt").write_text("half")
        raise KeyboardInterrupt

    step = [Step("long", lambda: {"n": 1}, work, resumable=True)]
    for anew in (False, False, True, False):
        with pytest.raises(KeyboardInterrupt):
            run_steps(step, tmp_path, Silent(), anew=anew)
    assert found == [False, True, False, True]


def test_a_step_that_broke_off_when_done_anew_is_not_taken_for_done(tmp_path: Path) -> None:
    run(tmp_path, {"first": 1, "last": 1})

    def break_off(folder: Path, reporter: Reporter) -> Mapping[str, Any]:
        raise KeyboardInterrupt

    first, beside, last = steps({"first": 1, "last": 1})
    with pytest.raises(KeyboardInterrupt):
        run_steps([replace(first, work=break_off), beside, last], tmp_path, Silent(), "first", True)
    assert run(tmp_path, {"first": 1, "last": 1}) == ["+first", "-beside", "+last"]


def test_an_unfinished_step_keeps_what_it_made_and_is_done_again(tmp_path: Path) -> None:
    def work(folder: Path, reporter: Reporter) -> Mapping[str, Any]:
        (folder / "made.txt").write_text("made")
        return {"unfinished": True}

    step = [Step("waiting", lambda: {}, work)]
    for _ in range(2):
        reporter = Silent()
        run_steps(step, tmp_path, reporter)
        assert reporter.seen == ["+waiting"]
        assert (tmp_path / "waiting" / "made.txt").is_file()


def test_a_step_whose_inputs_changed_meanwhile_starts_from_nothing(tmp_path: Path) -> None:
    found: list[bool] = []

    def work(folder: Path, reporter: Reporter) -> Mapping[str, Any]:
        found.append((folder / "half.txt").exists())
        (folder / "half.txt").write_text("half")
        raise KeyboardInterrupt

    for inputs in ({"n": 1}, {"n": 2}):
        step = [Step("long", inputs.copy, work, resumable=True)]
        with pytest.raises(KeyboardInterrupt):
            run_steps(step, tmp_path, Silent())
    assert found == [False, False]
