"""`townsfolk retrieve` as an evaluation from outside calls it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from townsfolk.cli.app import app
from townsfolk.town.town import Town


def retrieve(town: Path, queries: Path, out: str | Path, *options: str) -> Result:
    arguments = ["--town", str(town), "--queries", str(queries), "--out", str(out), *options]
    result = CliRunner().invoke(app, ["retrieve", *arguments])
    assert "Traceback" not in result.output
    return result


def written(folder: Path, *queries: dict[str, Any]) -> Path:
    file = folder / "queries.jsonl"
    file.write_text("\n".join(map(json.dumps, queries)), encoding="utf-8")
    return file


def answers(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A small town that is searched by words alone."""
    root = shutil.copytree(Path(__file__).parents[1] / "towns" / "good_small", tmp_path / "town")
    with (Path(root) / "town.yaml").open("a", encoding="utf-8") as file:
        file.write("retrieval: {embedding: none}\n")
    return Path(root)


def test_each_query_has_its_line_in_order_with_one_hit_a_source(
    repository: Path, tmp_path: Path
) -> None:
    asked: list[dict[str, Any]] = [
        {"id": "b", "text": "How much is the toll at the East Gate?"},
        {"id": "a", "text": "여관 방값은 얼마예요?", "lang": "ko"},
        {"id": 3, "text": "order of the three bells", "npc": "quest_giver"},
        {"id": "e", "text": ""},
    ]
    out = tmp_path / "hits.jsonl"
    result = retrieve(repository, written(tmp_path, *asked), out, "--k", "10")
    assert result.exit_code == 0, result.output
    found = answers(out)
    assert [answer["id"] for answer in found] == ["b", "a", 3, "e"]
    for answer in found[:3]:
        sources = [hit["source"] for hit in answer["hits"]]
        assert len(sources) == len(set(sources)) == 10
        scores = [hit["score"] for hit in answer["hits"]]
        assert scores == sorted(scores, reverse=True)
        assert {*answer["hits"][0]} == {"chunk", "source", "score"}
        assert all((repository / source.split(":")[0]).is_file() for source in sources)
    assert found[3]["hits"] == []


def test_without_an_npc_only_what_everybody_may_know_is_found(
    repository: Path, town: Town, tmp_path: Path
) -> None:
    questions = ["second ledger", "night password", "secret", "밤의 암호", "smuggled salt"]
    asked = [{"id": question, "text": question} for question in questions]
    out = tmp_path / "hits.jsonl"
    retrieve(repository, written(tmp_path, *asked), out, "--k", "50")
    for answer in answers(out):
        for hit in answer["hits"]:
            name = hit["chunk"]
            while name not in town.lore:
                name = name.rpartition(".")[0]
            assert not town.lore[name].confidential
            assert town.lore[name].known_to("somebody")


def test_a_bare_folder_of_lore_is_searched_too(tmp_path: Path) -> None:
    lore = tmp_path / "lore"
    lore.mkdir()
    (lore / "mill.md").write_text("# The mill\n\nThe mill grinds barley.\n", encoding="utf-8")
    (lore / "gate.ko.md").write_text("# 문\n\n동문은 해가 지면 닫힌다.\n", encoding="utf-8")
    asked = [{"id": 1, "text": "barley", "npc": "anybody"}, {"id": 2, "text": "동문은 언제 닫혀?"}]
    out = tmp_path / "hits.jsonl"
    result = retrieve(lore, written(tmp_path, *asked), out)
    assert result.exit_code == 0, result.output
    first = [answer["hits"][0]["source"].split(":")[0] for answer in answers(out)]
    assert first == ["mill.md", "gate.ko.md"]


def test_a_dash_means_standard_output(small: Path, tmp_path: Path) -> None:
    result = retrieve(small, written(tmp_path, {"id": "1", "text": "water"}), "-")
    assert json.loads(result.stdout)["hits"][0]["chunk"].startswith("well_price")


def test_bad_lines_are_told_together_and_nothing_is_written(small: Path, tmp_path: Path) -> None:
    out = tmp_path / "hits.jsonl"
    out.write_text("as before", encoding="utf-8")
    queries = written(tmp_path, {"id": "1"}, {"id": "2", "text": "x", "npc": "bakr"})
    result = retrieve(small, queries, out)
    assert result.exit_code == 2
    assert "queries.jsonl:1" in result.stderr
    assert "queries.jsonl:2" in result.stderr
    assert "did you mean 'baker'?" in result.stderr
    assert out.read_text("utf-8") == "as before"


def test_a_file_is_replaced_as_a_whole_and_a_link_stays_one(small: Path, tmp_path: Path) -> None:
    real, link = tmp_path / "real.jsonl", tmp_path / "link.jsonl"
    real.write_text("as before", encoding="utf-8")
    link.symlink_to(real)
    result = retrieve(small, written(tmp_path, {"id": "1", "text": "water"}), link)
    assert result.exit_code == 0, result.output
    assert link.is_symlink()
    assert answers(real)[0]["id"] == "1"
    assert not [*tmp_path.glob("*.part")]
    assert not [*tmp_path.glob(".*.part")]


def test_a_place_that_cannot_be_written_is_told(small: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    queries = written(tmp_path, {"id": "1", "text": "water"})
    result = retrieve(small, queries, tmp_path / "file" / "hits.jsonl")
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


@pytest.mark.parametrize(
    "text",
    ["", " \n", "\x00\x1b[31m", "x" * 100_000, "😀😀", "Ω猫", 'audience:all OR "*"', "\ud800", "?"],
    ids=["empty", "blank", "control", "long", "emoji", "scripts", "syntax", "surrogate", "mark"],
)
def test_hostile_queries_are_answered(small: Path, tmp_path: Path, text: str) -> None:
    out = tmp_path / "hits.jsonl"
    asked = [{"id": f"{text[:5]}", "text": text}, {"id": "water", "text": "water"}]
    result = retrieve(small, written(tmp_path, *asked), out)
    assert result.exit_code == 0, result.output
    found = answers(out)
    assert [answer["id"] for answer in found] == [text[:5], "water"]
    assert found[1]["hits"]
