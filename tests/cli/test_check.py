"""`townsfolk check`: what it prints and how it ends, for good, broken and hostile towns."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from townsfolk.cli.app import app

TOWNS = Path(__file__).parents[1] / "towns"
BROKEN = sorted(path for path in TOWNS.glob("broken_*") if path.name != "broken_link_out_of_town")

YAML_FILES = ["town.yaml", "agents.yaml", "tasks.yaml", "actions.yaml", "crews/meeting.yaml"]
JSON_FILES = [
    "knowledge/npcs/baker.json",
    "knowledge/items/things.json",
    "knowledge/quests/errand.json",
]
MARKDOWN_FILES = ["knowledge/worldview/lore.md", "knowledge/worldview/lore.ko.md"]

SECONDS = 20
"""What no file may take, however it is made; most take a fraction of one."""

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{this}: &{this} [{', '.join([f'*{last}'] * 9)}]\n"
    for last, this in zip("abcdefgh", "bcdefghi", strict=True)
)
MERGE_BOMB = "a: &a {x: 1}\n" + "".join(
    f"{this}: &{this} {{<<: [{', '.join([f'*{last}'] * 9)}]}}\n"
    for last, this in zip("abcdefgh", "bcdefghi", strict=True)
)
TWO_MEGABYTES = 2 * 2**20


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """A copy of the good town, to be spoilt."""
    return Path(shutil.copytree(TOWNS / "good_small", tmp_path / "town"))


def check(town: Path) -> Result:
    started = time.monotonic()
    result = CliRunner().invoke(app, ["check", "--town", str(town)])
    assert time.monotonic() - started < SECONDS
    assert "Traceback" not in result.output
    return result


def check_finds(town: Path, *found: str) -> None:
    result = check(town)
    assert result.exit_code == 2, result.output[:2000]
    for text in found:
        assert text in result.output


def test_good_town() -> None:
    result = check(TOWNS / "good_small")

    assert result.exit_code == 0
    assert result.output == (
        "Pellin / 펠린: no problems (agents: 2, beats: 3, scenes: 1, game actions: 2, "
        "lore entries: 13, confidential: 3, dialogues: 0)\n"
    )


@pytest.mark.parametrize("broken", BROKEN, ids=lambda path: path.name)
def test_broken_town_has_all_its_problems_listed(broken: Path) -> None:
    result = check(broken)

    assert result.exit_code == 2
    expected = (broken / "expected.txt").read_text(encoding="utf-8").splitlines()
    for problem in expected:
        for part in problem.split("; "):
            told = part.removeprefix(": ")
            place, _, rest = told.partition(": ")
            assert place in result.output
            assert rest in result.output
    assert re.search(rf"^{len(expected)} problems?$", result.output, re.MULTILINE)


def test_folder_without_a_town(tmp_path: Path) -> None:
    check_finds(tmp_path, "is no town: it has no town.yaml", "townsfolk new DIR")


def test_folder_that_is_not_there(tmp_path: Path) -> None:
    check_finds(tmp_path / "nowhere", "is no town: it has no town.yaml")


def test_file_in_place_of_the_folder() -> None:
    check_finds(TOWNS / "good_small" / "town.yaml", "is a file")


@pytest.mark.parametrize("file", YAML_FILES)
@pytest.mark.parametrize(
    "text", ["", "\n\n", "# nothing yet\n", "---\n", "null\n"], ids=lambda text: repr(text)
)
def test_empty_yaml(town: Path, file: str, text: str) -> None:
    (town / file).write_text(text, encoding="utf-8")

    check_finds(town, f"{file}:1  is empty", "1 problem\n")


@pytest.mark.parametrize("file", JSON_FILES)
def test_empty_json(town: Path, file: str) -> None:
    (town / file).write_text("", encoding="utf-8")

    check_finds(town, f"{file}:1  broken JSON", "1 problem\n")


def test_empty_lore_is_lore_without_entries(town: Path) -> None:
    for file in MARKDOWN_FILES:
        (town / file).write_text("", encoding="utf-8")

    check_finds(town, "no lore entry is called 'well_price'", "1 problem\n")


@pytest.mark.parametrize("file", YAML_FILES)
@pytest.mark.parametrize("text", ["- a\n- b\n", "just words\n", "5\n", "[]\n"])
def test_something_else_than_a_mapping(town: Path, file: str, text: str) -> None:
    (town / file).write_text(text, encoding="utf-8")

    check_finds(town, f"{file}:1  found ", "allowed: a mapping", "1 problem\n")


@pytest.mark.parametrize("file", JSON_FILES)
@pytest.mark.parametrize("text", ["5", "null", '"words"', "[5]", "[null]", "[[]]"])
def test_something_else_than_an_object(town: Path, file: str, text: str) -> None:
    (town / file).write_text(text, encoding="utf-8")

    check_finds(town, f"{file}:1", "allowed: a mapping", "1 problem\n")


@pytest.mark.parametrize("file", YAML_FILES)
@pytest.mark.parametrize("bomb", [BOMB, MERGE_BOMB], ids=["aliases", "merges"])
def test_anchor_bomb(town: Path, file: str, bomb: str) -> None:
    (town / file).write_text(bomb, encoding="utf-8")

    check_finds(town, f"{file}:1", "nested too deeply or too large", "1 problem\n")


@pytest.mark.parametrize("file", YAML_FILES)
@pytest.mark.parametrize("text", ["&a [*a]", "&a {<<: *a}", "&a {b: *a}", "a: &a\n  - b: *a"])
def test_anchor_that_contains_itself(town: Path, file: str, text: str) -> None:
    (town / file).write_text(text, encoding="utf-8")

    check_finds(town, f"{file}:", "an anchor that contains itself", "1 problem\n")


@pytest.mark.parametrize(
    "text",
    ["[" * 200_000, "{a: " * 200_000, "- " * 200_000, "? " * 200_000, "[[" * 300 + "]]" * 300],
    ids=["lists", "mappings", "items", "keys", "closed"],
)
@pytest.mark.parametrize("file", YAML_FILES)
def test_deep_yaml(town: Path, file: str, text: str) -> None:
    (town / file).write_text(text, encoding="utf-8")

    check_finds(town, f"{file}:1  is nested too deeply", "1 problem\n")


@pytest.mark.parametrize("depth", [70, 500, 200_000])
@pytest.mark.parametrize("file", JSON_FILES)
def test_deep_json(town: Path, file: str, depth: int) -> None:
    (town / file).write_text("[" * depth + "]" * depth, encoding="utf-8")

    check_finds(town, "is nested too deeply", "1 problem\n")


def test_deep_front_matter(town: Path) -> None:
    text = f"---\naudience: {'[' * 200_000}\n---\n"
    (town / "knowledge" / "rumours.md").write_text(text, encoding="utf-8")

    check_finds(town, "knowledge/rumours.md:2  is nested too deeply", "1 problem\n")


@pytest.mark.parametrize("file", [*YAML_FILES, *JSON_FILES, *MARKDOWN_FILES])
def test_nul_byte(town: Path, file: str) -> None:
    content = (town / file).read_bytes().replace(b"\n", b"\n\0", 2)
    (town / file).write_bytes(content)

    check_finds(town, f"{file}:2  contains the control character U+0000", "1 problem\n")


def test_nul_in_the_path_of_a_profile(town: Path) -> None:
    replace(town / "agents.yaml", "knowledge/npcs/baker.json", '"baker\\0.json"')

    check_finds(town, r"'baker\x00.json' leads to no file", "1 problem\n")


@pytest.mark.parametrize("file", YAML_FILES)
def test_nothing_in_place_of_each_value(town: Path, file: str) -> None:
    text = (town / file).read_text(encoding="utf-8")
    text = re.sub(r"(?m)^( *(?:- )?[\w.]+:|^ *-) .+$", r"\1 null", text)
    (town / file).write_text(text, encoding="utf-8")

    check_finds(town, "found nothing")


@pytest.mark.parametrize("file", JSON_FILES)
def test_null_in_place_of_each_value(town: Path, file: str) -> None:
    text = (town / file).read_text(encoding="utf-8")
    text = re.sub(r'": (?:"[^"]*"|\d+)', '": null', text)
    (town / file).write_text(re.sub(r'\["[^"]*"\]', "[null]", text), encoding="utf-8")

    check_finds(town, "found nothing")


def test_a_number_can_be_a_name(town: Path) -> None:
    for file in ("agents.yaml", "tasks.yaml", "crews/meeting.yaml"):
        text = (town / file).read_text(encoding="utf-8")
        (town / file).write_text(re.sub(r"\bmeeting_loaf\b", "7", text), encoding="utf-8")
    replace(town / "tasks.yaml", "meeting_welcome, 7", "meeting_welcome, '7'")
    replace(town / "crews" / "meeting.yaml", "- 7", "- '7'")

    assert check(town).exit_code == 0


@pytest.mark.parametrize(
    ("file", "right", "wrong", "told"),
    [
        ("town.yaml", 'name: {en: "Pellin"', 'name: {1: "Pellin"', "name.1: unknown language '1'"),
        ("agents.yaml", "  role: {en", "  1.5: x\n  role: {en", "warden.1.5: unknown key '1.5'"),
        (
            "tasks.yaml",
            "  to: player",
            "  true: player",
            "meeting_welcome.true: unknown key 'true'",
        ),
        ("crews/meeting.yaml", "  - player: {", "  - 12: {", "beats.1: found a mapping"),
    ],
)
def test_keys_that_are_numbers(town: Path, file: str, right: str, wrong: str, told: str) -> None:
    replace(town / file, right, wrong)

    check_finds(town, told, "1 problem\n")


def _long_value(town: Path) -> None:
    replace(town / "tasks.yaml", "Offer the rye loaf.", "x" * TWO_MEGABYTES)


def _long_name(town: Path) -> None:
    replace(town / "tasks.yaml", "agent: baker", f"agent: {'b' * TWO_MEGABYTES}")


def _many_names(town: Path) -> None:
    names = ", ".join(f"lore_{number}" for number in range(20_000))
    replace(town / "tasks.yaml", "[well_price]", f"[{names}]")


def _long_heading(town: Path) -> None:
    text = f"# {' ' * TWO_MEGABYTES}x\n## {'{#' * (TWO_MEGABYTES // 2)}\n"
    (town / "knowledge" / "rumours.md").write_text(text, encoding="utf-8")


def _comments(town: Path) -> None:
    text = "<!--" * (TWO_MEGABYTES // 4)
    (town / "knowledge" / "rumours.md").write_text(text, encoding="utf-8")


def _stars(town: Path) -> None:
    text = f"## Rumour {{#rumour}}\n{'**' * (TWO_MEGABYTES // 2)}\n"
    (town / "knowledge" / "rumours.md").write_text(text, encoding="utf-8")


def _quotes(town: Path) -> None:
    (town / "knowledge" / "rumours.json").write_text('"' * TWO_MEGABYTES, encoding="utf-8")


def _numbers(town: Path) -> None:
    text = f"[{'1,' * 20_000}1]"
    (town / "knowledge" / "rumours.json").write_text(text, encoding="utf-8")


def _digits(town: Path) -> None:
    replace(town / "knowledge/npcs/baker.json", '"purse": 30', f'"purse": {"9" * TWO_MEGABYTES}')


def _flow(town: Path) -> None:
    (town / "actions.yaml").write_text("[a, " * 30 + "a, " * (TWO_MEGABYTES // 3), encoding="utf-8")


@pytest.mark.parametrize(
    "spoil",
    [_long_value, _long_name, _many_names, _long_heading, _comments, _stars, _quotes, _numbers,
     _digits, _flow],
)  # fmt: skip
def test_two_megabytes_are_read_in_time(town: Path, spoil: Callable[[Path], None]) -> None:
    spoil(town)

    assert check(town).exit_code in {0, 2}


def replace(path: Path, right: str, wrong: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong, 1), encoding="utf-8")
