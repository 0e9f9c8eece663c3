"""Files of queries: what is read, and what is told of every bad line at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from townsfolk.retrieval.evaluation.asked import read_asked
from townsfolk.retrieval.evaluation.judged import read_judged
from townsfolk.town.errors import Problem, TownError
from townsfolk.town.load import load_town
from townsfolk.town.town import Town

GOOD = {"id": "q1", "text": "What is water?", "lang": "en", "split": "test", "sources": []}


@pytest.fixture(scope="module")
def small() -> Town:
    return load_town(Path(__file__).parents[1] / "towns" / "good_small")


def written(folder: Path, *lines: Any) -> Path:
    file = folder / "queries.jsonl"
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    file.write_text("\n".join(texts), encoding="utf-8")
    return file


def problems(file: Path, town: Town) -> list[Problem]:
    with pytest.raises(TownError) as raised:
        read_judged(file, town)
    return raised.value.problems


def test_a_query_is_read_with_all_that_it_says(tmp_path: Path, small: Town) -> None:
    line = {**GOOD, "sources": ["second_cellar"], "npc": "baker", "lore": "ko"}
    (query,) = read_judged(written(tmp_path, "", line, "  "), small)
    assert (query.id, query.npc, query.sources) == ("q1", "baker", ["second_cellar"])
    assert query.searched == "ko"


@pytest.mark.parametrize(
    ("lang", "lore", "group"),
    [("en", None, "en"), ("ko", "ko", "ko"), ("ko", "en", "cross"), ("en", "ko", "cross")],
)
def test_a_query_in_another_language_than_the_lore_is_cross_language(
    tmp_path: Path, small: Town, lang: str, lore: str | None, group: str
) -> None:
    line = {**GOOD, "lang": lang} | ({"lore": lore} if lore else {})
    (query,) = read_judged(written(tmp_path, line), small)
    assert query.group == group


@pytest.mark.parametrize(
    ("changed", "found", "hint"),
    [
        ({"sources": ["well_prise"]}, "no lore entry is called 'well_prise'", "'well_price'"),
        ({"npc": "bakr"}, "no agent is called 'bakr'", "'baker'"),
        ({"lang": "kr"}, "found 'kr'", ""),
        ({"split": "tset"}, "found 'tset'", "'test'"),
        ({"lore": "fr"}, "found 'fr'", ""),
        ({"source": []}, "unknown key 'source'", "'sources'"),
        ({"text": " "}, "is blank", ""),
        ({"text": 5}, "found 5", ""),
        ({"id": None}, "found nothing", ""),
        ({"sources": "well_price"}, "found 'well_price'", ""),
        ({"sources": ["second_cellar"]}, "not everybody may know 'second_cellar'", "npc"),
        (
            {"sources": ["errand.secrets.place"], "npc": "warden"},
            "warden may not know 'errand.secrets.place'",
            "npc",
        ),
    ],
)
def test_a_wrong_value_is_told_with_its_line(
    tmp_path: Path, small: Town, changed: dict[str, Any], found: str, hint: str
) -> None:
    (problem,) = problems(written(tmp_path, {**GOOD, "id": "q0"}, GOOD | changed), small)
    assert (problem.line, problem.found) == (2, found)
    assert hint in problem.remedy


def test_all_bad_lines_are_told_together(tmp_path: Path, small: Town) -> None:
    file = written(
        tmp_path, "{", "[1]", {**GOOD, "lang": "kr"}, GOOD, {**GOOD, "npc": "x"}, "[" * 10_000
    )
    told = [(problem.line, problem.key) for problem in problems(file, small)]
    assert told == [(1, ""), (2, ""), (3, "lang"), (4, "id"), (5, "id"), (5, "npc"), (6, "")]


def test_a_file_that_is_not_there_or_no_text_is_told(tmp_path: Path, small: Town) -> None:
    assert "cannot be read" in problems(tmp_path / "none.jsonl", small)[0].found
    (tmp_path / "binary.jsonl").write_bytes(b"{}\n\xff\xfe")
    (problem,) = problems(tmp_path / "binary.jsonl", small)
    assert (problem.line, "is not UTF-8" in problem.found) == (2, True)


def test_windows_line_ends_and_a_mark_at_the_start_do_no_harm(tmp_path: Path, small: Town) -> None:
    file = tmp_path / "queries.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + json.dumps(GOOD).encode() + b"\r\n")
    assert len(read_judged(file, small)) == 1


def test_queries_from_outside_may_say_more_than_we_ask(tmp_path: Path, small: Town) -> None:
    lines = [{"id": 7, "text": "", "lang": "xx", "answers": ["a"]}, {"id": "b", "text": "\u2028"}]
    queries = read_asked(written(tmp_path, *lines), small)
    assert [(query.id, query.text) for query in queries] == [(7, ""), ("b", "\u2028")]


def test_bad_queries_from_outside_are_told_together(tmp_path: Path, small: Town) -> None:
    file = written(
        tmp_path,
        {"id": "a"},
        {"text": "b"},
        {"id": "c", "text": None},
        {"id": "c", "text": "", "npc": "bakker"},
    )
    with pytest.raises(TownError) as raised:
        read_asked(file, small)
    told = [(problem.line, problem.key) for problem in raised.value.problems]
    assert told == [(1, "text"), (2, "id"), (3, "text"), (4, "id"), (4, "npc")]
