"""How well the guard tells good lines from lines with a planted fault.

The rules were written with `seen.yaml` in view and never with `unseen.yaml`, whose lines are
therefore not printed here: a rule that was fitted to them would measure nothing.
"""

from __future__ import annotations

from collections import Counter

import pytest

from tests.support.planted import authored, judge, planted
from townsfolk.retrieval.index import LoreIndex
from townsfolk.town.town import Town

pytestmark = pytest.mark.model

SEEN_FLOOR = 0.95
UNSEEN_FLOOR = 0.86
"""What was reached on lines that nobody who wrote the rules has read; it may only rise."""
AUTHORED_FLOOR = 0.98


@pytest.mark.parametrize("language", ["en", "ko"])
def test_nearly_all_authored_lines_pass(town: Town, index: LoreIndex, language: str) -> None:
    judged = [
        (name, found)
        for name, found in authored(town, index)
        if name.split(":")[0].endswith(f".{language}")
    ]
    refused = [f"{name} => {found.faults}" for name, found in judged if found.faults]
    assert len(judged) >= 150
    assert 1 - len(refused) / len(judged) >= AUTHORED_FLOOR, "\n".join(refused)


def test_nearly_all_planted_faults_are_caught(town: Town, index: LoreIndex) -> None:
    rows = planted("seen")
    missed = [row for row in rows if judge(town, index, row).lets_through(str(row["plant"]))]
    shown = [f"{row['fault']}.{row['language']}: {row['line']}" for row in missed]
    assert 1 - len(missed) / len(rows) >= SEEN_FLOOR, "\n".join(shown)


def test_planted_faults_that_no_rule_was_written_for_are_caught_too(
    town: Town, index: LoreIndex
) -> None:
    rows = planted("unseen")
    missed = Counter(
        f"{row['fault']}.{row['language']}"
        for row in rows
        if judge(town, index, row).lets_through(str(row["plant"]))
    )
    assert 1 - missed.total() / len(rows) >= UNSEEN_FLOOR, dict(missed)
