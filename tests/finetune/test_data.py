"""From dialogues, lore and practice to a data set."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from townsfolk.finetune.config import FinetuneConfig
from townsfolk.finetune.data.authored import read_rows
from townsfolk.finetune.data.examples import Example
from townsfolk.finetune.data.practice import KINDS, QUESTIONS, WITHOUT_LORE, practice
from townsfolk.finetune.data.prepare import prepare
from townsfolk.finetune.data.split import PARTS, split
from townsfolk.finetune.data.tokens import estimated
from townsfolk.finetune.errors import FinetuneError
from townsfolk.models.interface import Message
from townsfolk.retrieval.index import LoreIndex
from townsfolk.town.errors import Problem, TownError
from townsfolk.town.load import load_town
from townsfolk.town.templates import PROMPT_VERSION
from townsfolk.town.town import Town

SMALL = Path(__file__).parent.parent / "towns" / "good_small"


def example(group: str, said: str, reply: str = "Aye.") -> Example:
    return Example("lore", f"practice/{group}", group, "npc", "en",
                   (Message("system", "You."), Message("user", said)), reply)  # fmt: skip


def train_alone(group: str) -> str:
    return "train"


def test_practice_is_the_same_for_a_seed_and_another_for_another(town: Town) -> None:
    first, again, other = (
        [e.as_chat() for e in practice(town, 40, seed, "weak", 2048, train_alone)]
        for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_a_practice_answer_states_what_stands_in_one_line_of_its_lore(town: Town) -> None:
    answered = [e for e in practice(town, 300, 3, "weak", 2048, train_alone) if e.kind == "lore"]
    assert len(answered) > 120
    for one in answered:
        told = one.prompt[-1].content.lower()
        assert "what you know:" in told
        assert 1 <= told.count("\n- ") <= 8
        assert len(one.reply.split()) <= 30


def test_no_family_and_no_lure_is_asked_about_in_two_parts(town: Town) -> None:
    def part_of(group: str) -> str:
        return "test" if int(sha256(group.encode()).hexdigest(), 16) % 4 == 0 else "train"

    made = list(practice(town, 600, 3, "weak", 2048, part_of))
    sources: dict[str, set[str]] = {"train": set(), "test": set()}
    for one in made:
        if one.kind in ("lore", "unknown"):
            sources[part_of(one.group)].add(one.source)
    assert all(sources.values())
    assert not sources["train"] & sources["test"]
    lures = [{e.prompt[-1].content.split("«")[1] for e in made
              if e.kind == "secret" and part_of(e.group) == part} for part in sources]  # fmt: skip
    assert all(lures)
    assert not lures[0] & lures[1]


def test_the_questions_of_a_scene_have_all_but_the_question_in_common(town: Town) -> None:
    made = list(practice(town, QUESTIONS, 4, "weak", 2048, train_alone))
    assert len({(*e.prompt[:-1], e.prompt[-1].content.split("«")[0]) for e in made}) == 1
    assert len({e.prompt[-1].content for e in made}) == QUESTIONS


def test_practice_has_every_kind_and_earlier_turns(town: Town) -> None:
    made = list(practice(town, 600, 3, "weak", 2048, train_alone))
    assert {e.kind for e in made} == {*KINDS["weak"], *WITHOUT_LORE}
    assert any(len(e.prompt) > 2 for e in made)
    assert len({e.prompt[0].content for e in made}) > 30


def test_without_lore_nothing_is_answered_and_with_it_most_is(town: Town) -> None:
    made = list(practice(town, 600, 3, "weak", 2048, train_alone))
    bare = [e for e in made if "\n- " not in e.prompt[-1].content]
    assert 0.12 < len(bare) / len(made) < 0.35
    assert {e.kind for e in bare} <= set(WITHOUT_LORE)
    assert {e.kind for e in made if e not in bare} <= set(KINDS["weak"])


def test_a_strong_model_is_taught_that_lore_may_not_answer(town: Town) -> None:
    made = list(practice(town, 300, 3, "strong", 8192, train_alone))
    kinds = {e.kind for e in made if "\n- " in e.prompt[-1].content}
    assert kinds == set(KINDS["strong"])


def test_small_talk_is_answered_with_and_without_a_task(town: Town) -> None:
    made = list(practice(town, 900, 3, "weak", 2048, train_alone))
    tasks = [e.prompt[-1].content for e in made if e.kind == "task"]
    free = [told for told in tasks if "to what was just said" in told]
    assert 0.05 < len(free) / len(tasks) < 0.5


def test_a_group_is_never_on_both_sides_and_duplicates_go() -> None:
    many = [example(f"g{i % 60}", f"question {i}") for i in range(600)]
    parts, twice = split([*many, many[0]], 0.1, 0.1, seed=1)
    groups = {part: {e.group for e in parts[part]} for part in PARTS}
    assert all(groups.values())
    assert not groups["train"] & groups["test"]
    assert not groups["train"] & groups["valid"]
    assert twice == 1
    assert sum(len(parts[part]) for part in PARTS) == 600


def test_what_another_group_of_the_test_says_too_is_taken_out_of_training() -> None:
    alike = [example(f"g{i}", "the same question") for i in range(200)]
    # Their keys differ by the system message, so that they are no duplicates.
    alike = [
        Example(e.kind, e.source, e.group, e.npc, e.language,
                (Message("system", f"You are {i}."), e.prompt[1]), e.reply)
        for i, e in enumerate(alike)
    ]  # fmt: skip
    parts, _ = split(alike, 0.1, 0.1, seed=1)
    assert parts["test"]
    assert not parts["train"]


def test_validation_is_lent_a_group_where_chance_gave_it_none() -> None:
    parts, _ = split([example("a", "one"), example("b", "two")], 0.001, 0.001, seed=1)
    assert len(parts["valid"]) == len(parts["train"]) == 1


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A small town of one's own."""
    folder = tmp_path / "town"
    shutil.copytree(SMALL, folder)
    (folder / "finetune" / "data").mkdir(parents=True, exist_ok=True)
    return folder


ROW = {
    "NPC_Name": "Old Bess",
    "City": "Mudford",
    "instruction": "Sell the stranger a pie.",
    "input": "is that eel?",
    "output": "Eel and onion, love, and worth every copper.",
}


def write(own: Path, rows: Sequence[Any], name: str = "own.json") -> None:
    (own / "finetune" / "data" / name).write_text(json.dumps(rows), encoding="utf-8")


def test_a_file_of_ones_own_drops_in_beside_the_others(own: Path, tmp_path: Path) -> None:
    write(own, [ROW, {**ROW, "input": "how much?", "output": "Two coppers, love."}])
    told = _prepared(own, tmp_path, practice_examples=30)
    rows = [
        json.loads(line)
        for part in PARTS
        for line in (tmp_path / "out" / f"{part}.jsonl").read_text("utf-8").splitlines()
    ]
    own_rows = [row for row in rows if row["source"].startswith("finetune/data/own.json:")]
    assert len(own_rows) == 2
    messages = own_rows[0]["messages"]
    assert [m["role"] for m in messages] == ["system", "user", "assistant"]
    assert "You are Old Bess" in messages[0]["content"]
    assert "(Sell the stranger a pie.)" in messages[1]["content"]
    assert told["examples"]["train"] > 0


def _prepared(own: Path, tmp_path: Path, **data: Any) -> Any:
    town = load_town(own)
    settings = {"town_examples": 0, **data}
    config = FinetuneConfig.model_validate({"name": "t", "data": settings})
    out = tmp_path / "out"
    out.mkdir(exist_ok=True)
    return prepare(config, town, LoreIndex(town), estimated, "an estimate", out)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([ROW, {"NPC_Name": "Bess"}], "1.output"),
        ([ROW, {**ROW, "output": "  "}], "1.output: is blank"),
        ([ROW, {**ROW, "extra": 1}], "1.extra"),
        ([ROW, {**ROW, "output": 7}], "1.output"),
        ([], "has no dialogue"),
        ({"NPC_Name": "Bess"}, ""),
    ],
    ids=["missing field", "blank", "unknown field", "wrong kind", "empty list", "no list"],
)
def test_a_broken_row_is_told_by_its_place(own: Path, rows: Any, told: str) -> None:
    town = load_town(own)
    write(own, rows)
    problems: list[Problem] = []
    read_rows(town, ["finetune/data/own.json"], problems)
    assert problems[0].file == "finetune/data/own.json"
    assert told in "\n".join(map(str, problems))


def test_an_empty_file_is_told(own: Path) -> None:
    town = load_town(own)
    (own / "finetune" / "data" / "own.json").write_text("", encoding="utf-8")
    problems: list[Problem] = []
    read_rows(town, ["finetune/data"], problems)
    assert problems[0].file == "finetune/data/own.json"
    assert "empty" in str(problems[0])


def test_a_broken_row_stops_the_step_before_anything_is_written(own: Path, tmp_path: Path) -> None:
    write(own, [ROW])
    town = load_town(own)
    write(own, [ROW, {**ROW, "output": ""}])
    out = tmp_path / "out"
    out.mkdir()
    config = FinetuneConfig.model_validate({"name": "t", "data": {"practice_examples": 20}})
    with pytest.raises(TownError, match="output"):
        prepare(config, town, LoreIndex(town), estimated, "an estimate", out)
    assert not list(out.iterdir())


def test_a_reply_too_long_for_the_context_is_left_out_and_told_by_row(
    own: Path, tmp_path: Path
) -> None:
    write(own, [ROW, {**ROW, "input": "a tale?", "output": "Well, love, " + "and so on " * 400}])
    _prepared(own, tmp_path, practice_examples=30)
    card = json.loads((tmp_path / "out" / "card.json").read_text("utf-8"))
    left_out = {one["source"]: one["reason"] for one in card["left_out"]}
    assert "400 are allowed" in left_out["finetune/data/own.json:2"]
    assert "own.json:2" in (tmp_path / "out" / "card.md").read_text("utf-8")


def test_nothing_left_to_train_on_is_told(own: Path, tmp_path: Path) -> None:
    with pytest.raises(FinetuneError, match=r"data\.practice_examples"):
        _prepared(own, tmp_path, practice_examples=0, dialogues=[])


def test_the_card_tells_hash_version_and_counts(own: Path, tmp_path: Path) -> None:
    first = _prepared(own, tmp_path, practice_examples=40, dialogues=[])
    card = json.loads((tmp_path / "out" / "card.json").read_text("utf-8"))
    assert card["prompt_version"] == PROMPT_VERSION
    assert card["data_hash"] == first["data_hash"]
    again = _prepared(own, tmp_path, practice_examples=40, dialogues=[])
    assert again["data_hash"] == first["data_hash"]
    other = _prepared(own, tmp_path, practice_examples=40, dialogues=[], seed=2)
    assert other["data_hash"] != first["data_hash"]
