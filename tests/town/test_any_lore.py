"""Any folder of knowledge loads: what becomes an entry, with which id, language and audience."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from townsfolk.town.errors import TownError
from townsfolk.town.load import load_town
from townsfolk.town.load_lore import load_lore
from townsfolk.town.lore import EVERYONE, LoreEntry

GOOD_SMALL = Path(__file__).parents[1] / "towns" / "good_small"
SECONDS = 3.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for lore without a town."""
    (tmp_path / "knowledge").mkdir()
    return tmp_path


def write(folder: Path, files: Mapping[str, Any]) -> None:
    for name, content in files.items():
        path = folder / "knowledge" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
        path.write_text(text, encoding="utf-8")


def lore(folder: Path, files: Mapping[str, Any]) -> dict[str, LoreEntry]:
    write(folder, files)
    return load_lore(folder).lore


def problems(folder: Path, files: Mapping[str, Any]) -> list[str]:
    write(folder, files)
    with pytest.raises(TownError) as caught:
        load_lore(folder)
    return [str(problem) for problem in caught.value.problems]


HISTORY = """Written by the archive.

# A history of Osmere

## The Toll War
It began in **263**.

## Bells
### 통행세 전쟁
통행세 전쟁은 이 년 동안 이어졌다.

### The Toll War
Another war of that name.

## The Middle Bell {#middle_bell importance=0.8}
It was cast in 231.
"""


def test_each_heading_with_text_is_an_entry_with_a_stable_id(folder: Path) -> None:
    found = lore(folder, {"worldview/history.md": HISTORY})

    assert {name: entry.text("en") for name, entry in found.items()} == {
        "middle_bell": "It was cast in 231.",
        "worldview.history": "Written by the archive.",
        "worldview.history.the_toll_war": "It began in 263.",
        "worldview.history.통행세_전쟁": "통행세 전쟁은 이 년 동안 이어졌다.",
        "worldview.history.the_toll_war_2": "Another war of that name.",
    }
    assert found["worldview.history"].title.get("en") == "A history of Osmere"
    assert found["worldview.history.the_toll_war"].key_facts == {"en": ("263",)}
    assert found["middle_bell"].sources == {"en": "knowledge/worldview/history.md:15"}


def test_an_entry_knows_the_titles_above_it(folder: Path) -> None:
    found = lore(folder, {"worldview/history.md": HISTORY})

    assert found["middle_bell"].path == {"en": ("A history of Osmere",)}
    assert found["worldview.history.the_toll_war_2"].path == {
        "en": ("A history of Osmere", "Bells")
    }
    assert found["worldview.history"].path == {}


def test_a_title_in_the_front_matter_stands_above_all_headings(folder: Path) -> None:
    text = "---\ntitle: Bells\n---\n## The Elder\nIt is cracked.\n"

    assert lore(folder, {"a.md": text})["a.the_elder"].path == {"en": ("Bells",)}


@pytest.mark.parametrize(
    ("file", "text", "identifier", "title"),
    [
        ("02_dry-heron.md", "An inn by the quay.", "02_dry_heron", "Dry heron"),
        ("notes.md", "The Dry Heron\n\nAn inn by the quay.", "notes", "The Dry Heron"),
        ("notes.md", "---\ntitle: The inn\nid: heron\n---\nAn inn.", "heron", "The inn"),
        ("마른_왜가리.md", "강가에 있는 여관이다.", "마른_왜가리", "마른 왜가리"),
        ("notes.md", "The Dry Heron\n=====\n\nAn inn.", "notes.the_dry_heron", "The Dry Heron"),
        ("v1.2.md", "An inn by the quay.", "v1_2", "V1 2"),
    ],
)
def test_a_file_without_headings_is_one_entry(
    folder: Path, file: str, text: str, identifier: str, title: str
) -> None:
    (entry,) = lore(folder, {file: text}).values()

    assert (entry.id, entry.title.variants) == (identifier, [title])


def test_the_name_of_the_front_matter_is_matched_across_languages(folder: Path) -> None:
    found = lore(folder, {
        "heron.md": "---\nid: dry_heron\naliases: [the inn]\n---\n# The Dry Heron\nAn inn.\n",
        "heron.ko.md": "---\nid: dry_heron\n---\n# 마른 왜가리\n여관이다.\n",
    })  # fmt: skip

    assert found["dry_heron"].body == {"en": "An inn.", "ko": "여관이다."}
    assert found["dry_heron"].names("en") == ["The Dry Heron", "the inn"]


def test_made_ids_of_two_languages_are_entries_of_one_language_each(folder: Path) -> None:
    found = lore(folder, {"faq.md": "# FAQ\nAsk here.\n", "faq.ko.md": "# FAQ\n여기서 묻는다.\n"})

    assert {name: entry.body for name, entry in found.items()} == {
        "faq.faq": {"en": "Ask here."},
        "faq.ko.faq": {"ko": "여기서 묻는다."},
    }
    assert {entry.category for entry in found.values()} == {"faq"}


@pytest.mark.parametrize(
    ("file", "text", "language"),
    [
        ("a.ko.md", "# Title\nEnglish text all the same.", "ko"),
        ("a.md", "---\nlang: ko\n---\n# Title\nEnglish text all the same.", "ko"),
        ("a.md", "# Title\n여관은 강가에 있다.", "ko"),
        ("a.md", "# 제목\nThe inn stands by the river.", "en"),
        ("a.md", "# Title {lang=ko}\nEnglish text.", "ko"),
        ("a.md", "# 1\n123", "en"),
        ("a.json", {"name": "Inn", "text": "여관은 강가에 있다."}, "ko"),
        ("a.json", {"name": "Inn", "rooms": "여섯 개인 여관"}, "ko"),
        ("a.json", {"name": "여관", "text": "강가에 있다.", "lang": "en"}, "en"),
        ("a.ko.json", {"name": "Inn", "text": "An inn."}, "ko"),
    ],
)
def test_the_language_is_stated_or_detected(
    folder: Path, file: str, text: Any, language: str
) -> None:
    (entry,) = lore(folder, {file: text}).values()

    assert list(entry.body) == [language]
    assert load_lore(folder).config.languages == [language]


def test_sections_of_one_file_may_be_in_two_languages(folder: Path) -> None:
    text = "# Inn\nThe inn stands by the river.\n# 여관\n여관은 강가에 있고 밤에만 연다.\n"

    bodies = [entry.body.keys() for entry in lore(folder, {"a.md": text}).values()]

    assert [list(body) for body in bodies] == [["en"], ["ko"]]


def test_what_a_heading_without_an_id_states_holds_below_it(folder: Path) -> None:
    text = """# Secrets {audience=guard importance=0.9 from=430-01-01 valid_to=431-01-01}
## The password
It is heron.
## The cellar {#cellar audience=baker}
It is deep.
# Open
Nothing is hidden here.
"""
    found = lore(folder, {"a.md": text})

    assert found["a.the_password"].audience == {"guard"}
    assert found["a.the_password"].confidential
    assert found["a.the_password"].importance == 0.9
    assert found["a.the_password"].valid_from is not None
    assert found["a.the_password"].valid_to is not None
    assert found["cellar"].audience == {"baker"}
    assert found["a.open"].audience == EVERYONE


def test_other_objects_are_told_in_a_passage(folder: Path) -> None:
    inn = {
        "name": {"en": "The Dry Heron", "ko": "마른 왜가리"},
        "description": {"en": "An inn by the quay", "ko": "부두 곁의 여관이다."},
        "rooms": 6,
        "owner": "corin_stead",
        "openAtNight": True,
        "menu": [{"dish": "eel", "price": 2}, {"dish": "bread", "price": 1}],
        "smells": ["peat", "hops"],
        "cat": None,
    }
    (entry,) = lore(folder, {"taverns.json": [inn]}).values()

    assert entry.id == "taverns.the_dry_heron"
    assert entry.category == "taverns"
    assert entry.body["en"] == (
        "The Dry Heron: An inn by the quay. Rooms – 6; Owner – corin stead; Open at night – yes; "
        "Menu – Dish: eel, Price: 2; Dish: bread, Price: 1; Smells – peat, hops."
    )
    assert entry.body["ko"].startswith("마른 왜가리: 부두 곁의 여관이다. Rooms – 6")


@pytest.mark.parametrize(
    ("data", "ids"),
    [
        ([{"name": "Inn", "text": "An inn."}], ["places.inn"]),
        ([{"title": "Inn", "text": "An inn."}, {"q": "Who?", "a": "I."}],
         ["places.inn", "places.2"]),
        ({"name": "Inn", "text": "An inn."}, ["places"]),
        ([{"id": 7, "text": "An inn."}], ["places.7"]),
        ([{"id": "inn", "text": "An inn."}], ["inn"]),
        ({"entries": [{"name": "Inn", "text": "An inn."}], "version": 2}, ["places.inn"]),
        ({"inn": {"text": "An inn."}, "mill": {"text": "A mill."}}, ["places.inn", "places.mill"]),
        ([{"이름": "여관", "설명": "강가에 있다."}], ["places.여관"]),
        ([{"name_en": "Inn", "name_ko": "여관", "rooms": 6}], ["places.inn"]),
        ([{"name": "Inn", "text": "An inn.", "region": "north"}], ["places.inn"]),
        ([{"id": "i", "lang": "en", "text": "Inn."}, {"id": "i", "lang": "ko", "text": "여관."}],
         ["i"]),
    ],
)  # fmt: skip
def test_a_json_file_may_hold_objects_in_any_form(folder: Path, data: Any, ids: list[str]) -> None:
    assert list(lore(folder, {"places.json": data})) == ids


def test_what_is_said_around_a_list_holds_for_its_entries(folder: Path) -> None:
    data = {"title": "Inns", "audience": ["guard"], "entries": [{"name": "A", "text": "An inn."}]}
    (entry,) = lore(folder, {"places.json": data}).values()

    assert entry.audience == {"guard"}
    assert entry.path == {"en": ("Inns",)}


def test_npcs_quests_and_items_of_other_shapes_are_told_where_there_is_no_town(
    folder: Path,
) -> None:
    found = lore(folder, {
        "npcs/guard.json": {"name": "Elske", "role": "guard captain"},
        "items/rope.json": [{"name": "Rope", "cost": 3}],
        "quests/errand.json": {"title": "Errand", "goal": "Bring the key."},
    })  # fmt: skip

    assert {(entry.id, entry.category) for entry in found.values()} == {
        ("npcs.guard", "npc"), ("items.rope.rope", "item"), ("quests.errand", "quest"),
    }  # fmt: skip


def test_our_own_profiles_are_read_as_such_where_there_is_no_town(folder: Path) -> None:
    shutil.copytree(GOOD_SMALL / "knowledge", folder / "knowledge", dirs_exist_ok=True)

    town = load_lore(folder)

    assert town.agents == {}
    assert town.lore["baker"].category == "npc"
    assert town.lore["errand.steps.1"].audience == {"warden"}
    assert town.lore["second_cellar"].audience == {"well_wardens", "baker"}
    assert town.config.languages == ["en", "ko"]


def test_made_ids_give_way_to_written_ones(folder: Path) -> None:
    files = {"guard.md": "The guard sleeps at noon.", "a.md": "# A {#guard}\nSomebody else.\n"}

    assert lore(folder, files).keys() == {"guard", "guard_2"}


def test_the_folder_itself_may_be_the_knowledge(tmp_path: Path) -> None:
    (tmp_path / "inns").mkdir()
    (tmp_path / "inns" / "heron.md").write_text("An inn by the quay.", encoding="utf-8")

    assert list(load_lore(tmp_path).lore) == ["inns.heron"]


def test_a_town_is_loaded_as_a_town(tmp_path: Path) -> None:
    assert set(load_lore(GOOD_SMALL).agents) == {"warden", "baker"}


@pytest.mark.parametrize(
    "files", [{}, {"empty.md": "\n"}, {"none.json": {}}, {"titles.md": "# A\n## B\n"}]
)
def test_a_folder_without_lore_is_an_error(folder: Path, files: dict[str, str]) -> None:
    (told,) = problems(folder, files)

    assert "has no lore" in told


@pytest.mark.parametrize(
    ("file", "content", "told"),
    [
        ("a.md", "# A {importence=1}\nText.", ":1: A: unknown attribute 'importence'"),
        ("a.md", "# A {importance=2}\nText.", ":1: A importance: found 2.0"),
        ("a.md", "# A {audience=all,guard}\nText.", "'all' stands beside other names"),
        ("a.md", "---\ncategry: x\n---\nText.", "did you mean 'category'?"),
        ("a.json", [{"name": "A", "text": "T", "audeince": ["guard"]}],
         ":1: 0.audeince: unknown key 'audeince'"),
        ("a.json", [{"name": "A", "cost": 1, "importance": 7}], ":1: 0.importance: found 7"),
        ("a.json", [{"name": "A", "cost": 1, "lang": "kr"}], "0.lang: found 'kr'"),
        ("a.json", [{"title": 5, "cost": 1}], "0.title: found 5"),
        ("a.json", [{"name": "A", "notes": [{"text": "T", "audience": ["guard"]}]}],
         "0.notes.0.audience: an audience inside of an entry would not be kept"),
        ("a.json", ["text"], ":1: 0: found 'text'; allowed: a mapping"),
        ("items/a.json", [{"id": "a", "name": "A", "description": "B", "prise": 2}],
         "0.prise: unknown key 'prise'"),
        ("npcs/a.json", {"name": "A", "secrets": [{"text": "He stole it."}]},
         "background: is missing"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_file_and_line(
    folder: Path, file: str, content: Any, told: str
) -> None:
    found = problems(folder, {file: content})

    assert [line for line in found if line.startswith(f"knowledge/{file}:") and told in line]


def test_all_bad_files_are_told_together(folder: Path) -> None:
    found = problems(folder, {
        "a.md": "---\nlang: fr\n---\nText.", "b.md": "---\nlang: [\n---\n",
        "c.json": "[{]", "d.json": [{"name": "A", "importance": "high"}],
    })  # fmt: skip

    assert [line.split(":")[0] for line in found] == [
        f"knowledge/{name}" for name in ("a.md", "b.md", "c.json", "d.json")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "# A\n```\n# no heading\n```\nText.",
        "# A\n~~~ text\n```\n~~~\nText.",
        "# A\n```inline``` code\nText.",
        "# A {not, ours}\nText.",
        "#hashtag\n\nText.",
        "# A\n\n---\n\nText\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
        "# [A](http://example.org) **b**\r\nText.\r\n",
        "<!-- # no heading -->\n# A\nText.",
        "- item\n---\nText.",
        "##\n\nText.",
    ],
)
def test_what_only_looks_like_a_heading_is_text(folder: Path, text: str) -> None:
    (entry,) = lore(folder, {"a.md": text}).values()

    assert "Text" in entry.body["en"]


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return Path(shutil.copytree(GOOD_SMALL, tmp_path / "town"))


def test_a_town_may_have_lore_without_ids_in_one_language(town: Path) -> None:
    write(town, {
        "rumours.md": "# Rumours\n## The old well {audience=well_wardens}\nIt is dry.\n",
        "소문.md": "우물이 말랐다고 한다.",
        "records.json": [{"name": "The old mill", "wheels": 2}],
        "warden.md": "What people say of the warden.",
    })  # fmt: skip

    found = load_town(town).lore

    assert found["rumours.the_old_well"].audience == {"warden"}
    assert found["소문"].body == {"ko": "우물이 말랐다고 한다."}
    assert found["records.the_old_mill"].body == {"en": "The old mill: Wheels – 2."}
    assert found["warden_2"].body == {"en": "What people say of the warden."}


@pytest.mark.parametrize(
    "files",
    [
        {f"file_{n}.md": f"---\ncategory: x\n---\n# Title\nText {n}.\n" for n in range(2000)},
        {"all.md": "".join(f"## Title {n}\nText {n}.\n" for n in range(2000))},
        {"same.md": "## Title {importance=0.4}\nText.\n" * 2000},
        {"all.json": [{"name": f"Thing {n}", "cost": n, "parts": ["a"]} for n in range(2000)]},
    ],
    ids=["files", "sections", "same", "json"],
)
def test_two_thousand_entries_load_in_time(folder: Path, files: dict[str, Any]) -> None:
    write(folder, files)
    start = time.perf_counter()

    assert len(load_lore(folder).lore) == 2000
    assert time.perf_counter() - start < SECONDS


def test_a_town_file_without_agents_says_how_the_lore_is_searched(tmp_path: Path) -> None:
    (tmp_path / "knowledge").mkdir()
    (tmp_path / "knowledge" / "mill.md").write_text("The mill stands still.", encoding="utf-8")
    (tmp_path / "town.yaml").write_text(
        "name: Test\nlanguages: [en, ko]\nstory_time: '12-01-02'\nretrieval: {fusion: rrf}\n",
        encoding="utf-8",
    )
    town = load_lore(tmp_path)
    assert town.config.retrieval.fusion == "rrf"
    assert town.config.story_time is not None
    assert town.config.languages == ["en"]
    assert [*town.lore] == ["mill"]


def test_a_mistake_in_a_town_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "mill.md").write_text("The mill stands still.", encoding="utf-8")
    (tmp_path / "town.yaml").write_text("name: Test\nretrieval: {fusion: sum}\n", encoding="utf-8")
    with pytest.raises(TownError, match=r"town\.yaml:2: retrieval\.fusion"):
        load_lore(tmp_path)
