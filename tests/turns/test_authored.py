"""Authored lines are held to what their beats have to convey."""

from __future__ import annotations

from dataclasses import replace

from townsfolk.town.texts import Text
from townsfolk.town.town import Town
from townsfolk.turns.authored import check_authored_lines


def test_the_samples_authored_lines_say_what_they_must(town: Town) -> None:
    assert list(check_authored_lines(town)) == []


def test_an_authored_line_without_its_fact_is_a_problem(town: Town) -> None:
    line = Text(root={"en": "The gate shuts at the eighth bell.", "ko": "여덟 번째 종에 닫히오."})
    beat = town.beats["arrival_toll"].model_copy(update={"authored": line})
    changed = replace(town, beats={**town.beats, "arrival_toll": beat})
    problems = {problem.key: problem.found for problem in check_authored_lines(changed)}
    assert problems == {
        "arrival_toll.authored.en": "does not say 2 silver",
        "arrival_toll.authored.ko": "does not say 은화 2닢",
    }
