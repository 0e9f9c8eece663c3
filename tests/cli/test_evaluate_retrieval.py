"""`townsfolk evaluate-retrieval` as it is called on the command line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from townsfolk.cli.app import app

QUERIES: list[dict[str, Any]] = [
    {"id": "1", "text": "price of water", "lang": "en", "split": "test", "sources": ["well_price"]},
    {"id": "2", "text": "물값이 얼마요?", "lang": "ko", "split": "test", "sources": ["well_price"]},
    {"id": "3", "text": "market day", "lang": "en", "split": "dev", "sources": ["market_day"]},
    {"id": "4", "text": "a dragon", "lang": "en", "split": "test", "sources": []},
    {"id": "5", "text": "장날", "lang": "ko", "split": "test", "sources": [], "lore": "en"},
]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A small town with judged queries, searched by words alone."""
    root = Path(
        shutil.copytree(Path(__file__).parents[1] / "towns" / "good_small", tmp_path / "town")
    )
    with (root / "town.yaml").open("a", encoding="utf-8") as file:
        file.write("retrieval: {embedding: none}\n")
    write(root, QUERIES)
    return root


def write(root: Path, queries: list[dict[str, Any]]) -> None:
    file = root / "knowledge" / "eval" / "queries.jsonl"
    file.parent.mkdir(exist_ok=True)
    file.write_text("\n".join(map(json.dumps, queries)), encoding="utf-8")


def evaluate(root: Path, *options: str) -> Result:
    result = CliRunner().invoke(app, ["evaluate-retrieval", "--town", str(root), *options])
    assert "Traceback" not in result.output
    return result


def test_the_table_has_a_section_for_each_language(small: Path) -> None:
    result = evaluate(small)
    assert result.exit_code == 0, result.output
    for told in ("Korean", "English", "Cross-language", "All", "nDCG@10", "Recall@5", "MRR", "AUC"):
        assert told in result.stdout
    assert "2 answered" in result.stdout
    assert "ours, no expansion" in result.stdout


@pytest.mark.parametrize(("split", "number"), [("dev", 1), ("test", 4), ("all", 5)])
def test_a_split_is_chosen(small: Path, tmp_path: Path, split: str, number: int) -> None:
    file = tmp_path / "out" / "figures.json"
    assert evaluate(small, "--split", split, "--json", str(file)).exit_code == 0
    assert len(json.loads(file.read_text("utf-8"))["queries"]) == number


def test_fusions_are_compared(small: Path) -> None:
    result = evaluate(small, "--fusion", "rrf", "--fusion", "weighted")
    assert "ours, rrf" in result.stdout
    assert "ours, weighted" in result.stdout


def test_bad_lines_are_told_with_their_line(small: Path) -> None:
    write(small, [*QUERIES, {**QUERIES[0], "sources": ["well_prise"]}])
    result = evaluate(small)
    assert result.exit_code == 2
    assert "queries.jsonl:6" in result.stderr
    assert "did you mean 'well_price'?" in result.stderr
    assert "2 problems" in result.stderr


def test_a_town_without_judged_queries_is_told_how_to_write_them(small: Path) -> None:
    shutil.rmtree(small / "knowledge" / "eval")
    result = evaluate(small)
    assert result.exit_code == 2
    assert "--queries" in result.stderr


def test_an_empty_split_is_told(small: Path) -> None:
    write(small, QUERIES[:2])
    result = evaluate(small, "--split", "dev")
    assert result.exit_code == 2
    assert "no queries of the split dev" in result.stderr


def test_a_file_that_cannot_be_written_is_told_before_the_work(small: Path) -> None:
    (small / "file").write_text("")
    result = evaluate(small, "--json", str(small / "file" / "figures.json"))
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr
