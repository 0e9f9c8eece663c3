"""What `load_town` says of towns with mistakes: each one once, in its file, line and key."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from townsfolk.town.errors import Problem, TownError
from townsfolk.town.load import load_town

TOWNS = Path(__file__).parents[1] / "towns"
BROKEN = sorted(path.name.removeprefix("broken_") for path in TOWNS.glob("broken_*"))

MISTAKES = [
    pytest.param(file, mistake["right"], mistake["wrong"], mistake["told"], id=f"{file}-{number}")
    for file, mistakes in yaml.safe_load(
        (Path(__file__).parent / "mistakes.yaml").read_text(encoding="utf-8")
    ).items()
    for number, mistake in enumerate(mistakes, start=1)
]


def problems_of(town: Path) -> list[Problem]:
    with pytest.raises(TownError) as caught:
        load_town(town)
    return caught.value.problems


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """A copy of the good town, to be spoilt."""
    return Path(shutil.copytree(TOWNS / "good_small", tmp_path / "town"))


def test_the_good_town_has_no_problem() -> None:
    town = load_town(TOWNS / "good_small")

    assert set(town.agents) == {"warden", "baker"}
    assert set(town.beats) == {"meeting_welcome", "meeting_loaf", "meeting_errand"}
    assert set(town.scenes) == {"meeting"}
    assert town.lore["second_cellar"].audience == {"warden", "baker"}
    assert town.lore["errand.steps.1"].audience == {"warden"}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_town(name: str, tmp_path: Path) -> None:
    town = Path(shutil.copytree(TOWNS / f"broken_{name}", tmp_path / "town"))
    if name == "link_out_of_town":
        link = town / "knowledge" / "npcs" / "merchant.json"
        link.parent.mkdir(parents=True)
        link.symlink_to(TOWNS / "broken_missing_agent" / "knowledge" / "npcs" / "merchant.json")

    expected = (town / "expected.txt").read_text(encoding="utf-8").splitlines()
    assert [str(problem) for problem in problems_of(town)] == expected


def test_broken_towns_are_all_there() -> None:
    assert set(BROKEN) >= {
        "unknown_key", "missing_agent", "wrong_type", "context_cycle", "duplicate_id",
        "broken_yaml", "broken_json", "not_utf8", "link_out_of_town", "missing_key",
        "unknown_language", "bad_audience", "must_convey_unknown_to_speaker",
        "speaker_not_present", "many_problems",
    }  # fmt: skip


@pytest.mark.parametrize(("file", "right", "wrong", "told"), MISTAKES)
def test_one_mistake_is_one_problem(
    town: Path, file: str, right: str, wrong: str, told: str
) -> None:
    path = town / file
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong, 1), encoding="utf-8")

    assert [str(problem) for problem in problems_of(town)] == [told]


def test_lore_that_links_out_of_the_town_is_not_read(town: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text("## Secret {#secret}\nNot for the town.\n", encoding="utf-8")
    (town / "knowledge" / "secret.md").symlink_to(secret)

    assert [(p.file, p.line, p.found) for p in problems_of(town)] == [
        ("knowledge/secret.md", None, "leads out of the town")
    ]


def test_templates_that_link_out_of_the_town_are_not_read(town: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.jinja"
    secret.write_text("Not for the town.", encoding="utf-8")
    (town / "prompts").mkdir()
    (town / "prompts" / "passage_item.en.jinja").symlink_to(secret)

    assert [(p.file, p.line, p.found) for p in problems_of(town)] == [
        ("prompts/passage_item.en.jinja", None, "leads out of the town")
    ]


@pytest.mark.parametrize(
    ("template", "line", "found"),
    [
        ("{{ name }}\n{{ 1 / 0 }}", 2, "division by zero"),
        ("{{ name }}\n{% if %}", 2, "Expected an expression"),
        ("\n\n{{ nmae }}", 3, "'nmae' is undefined"),
        ("{{ ''.__class__.__mro__ }}", 1, "unsafe"),
    ],
)
def test_broken_template_is_told_with_its_line(
    town: Path, template: str, line: int, found: str
) -> None:
    (town / "prompts").mkdir()
    (town / "prompts" / "passage_item.en.jinja").write_text(template, encoding="utf-8")

    (problem,) = problems_of(town)
    assert (problem.file, problem.line) == ("prompts/passage_item.en.jinja", line)
    assert problem.found.startswith("broken template: ")
    assert found in problem.found


@pytest.mark.parametrize(
    ("file", "template", "told"),
    [
        ("sistem.en.jinja", "", ": no template has this name, so it is never used; "),
        ("system.fr.jinja", "", ": no template has this name, so it is never used; "),
        ("system.jinja", "", "did you mean 'system."),
        ("old/turn.en.jinja", "", ": no template has this name, so it is never used; "),
        ("system.en.jinja", "{{ name }}\n{% if %}", ":2: broken template: Expected an expression"),
        ("turn.ko.jinja", "\n{{ task | shout }}", ":2: broken template: No filter named 'shout'"),
        ("turn.en.jinja", "{{ task }}\n{{ taks }}", ":2: broken template: 'taks' is undefined; "),
        ("turn.en.jinja", "{{ taks }}", "did you mean 'task'?"),
        (
            "turn.en.jinja",
            "{{ taks }}",
            "; allowed: answer, facts, interrupts, lore, nothing_known, place, premise, ",
        ),
        ("turn.en.jinja", "{% include 'nope' %}", ":1: broken template: includes 'nope', which"),
        ("answer.en.jinja", "{{ '(' * 99 }}\n\n{{ goal }}", ":3: broken template: 'goal' is undef"),
    ],
)
def test_a_template_that_cannot_be_used_is_told_before_a_turn_needs_it(
    town: Path, file: str, template: str, told: str
) -> None:
    path = town / "prompts" / file
    path.parent.mkdir(parents=True)
    path.write_text(template, encoding="utf-8")

    (problem,) = problems_of(town)
    assert str(problem).startswith(f"prompts/{file}")
    assert told in str(problem)


def test_a_town_may_have_templates_and_notes_of_its_own(town: Path) -> None:
    files = {
        "system.en.jinja": "{{ name }}, {{ trade }}, {{ korean_level }} {% include 'more.jinja' %}",
        "more.jinja": "{% for number in range(2) %}{{ number }}{{ city }}{% endfor %}",
        "turn.ko.jinja": "{% if weather is defined %}{{ weather }}{% endif %}{{ task }}",
        "README.md": "Ours.",
        "system.en.jinja~": "{% if",
        ".system.en.jinja.swp": "{% if",
    }
    (town / "prompts").mkdir()
    for name, text in files.items():
        (town / "prompts" / name).write_text(text, encoding="utf-8")

    load_town(town)


def test_an_unreadable_agent_does_not_make_its_names_unknown(town: Path) -> None:
    agents = town / "agents.yaml"
    text = agents.read_text(encoding="utf-8")
    agents.write_text(text.replace("    purse: 12", "    purse: much"), encoding="utf-8")

    assert [(p.file, p.line, p.key) for p in problems_of(town)] == [
        ("agents.yaml", 23, "warden.persona.purse")
    ]


@pytest.mark.parametrize("file", ["agents.yaml", "tasks.yaml", "actions.yaml", "town.yaml"])
def test_an_unreadable_file_is_one_problem(town: Path, file: str) -> None:
    (town / file).write_text("a: [", encoding="utf-8")

    assert [(p.file, p.line) for p in problems_of(town)] == [(file, 1)]


@pytest.mark.parametrize(
    "file",
    [
        "knowledge/npcs/baker.json",
        "knowledge/items/things.json",
        "knowledge/quests/errand.json",
        "knowledge/worldview/lore.md",
        "knowledge/worldview/lore.ko.md",
    ],
)
def test_an_unreadable_file_of_knowledge_is_one_problem(town: Path, file: str) -> None:
    (town / file).write_bytes("못골".encode("cp949"))

    assert [(p.file, p.line) for p in problems_of(town)] == [(file, 1)]


def test_a_file_named_for_an_unknown_language(town: Path) -> None:
    lore = town / "knowledge" / "worldview" / "lore.ko.md"
    lore.rename(lore.with_name("lore.kr.md"))

    assert problems_of(town) == [
        Problem(
            "knowledge/worldview/lore.kr.md", None, "", "its name has the unknown language 'kr'",
            "en, ko", "did you mean lore.ko.md?",
        )
    ]  # fmt: skip


def test_a_file_of_lore_without_its_translation_is_one_problem(town: Path) -> None:
    (town / "knowledge" / "worldview" / "lore.ko.md").unlink()

    assert problems_of(town) == [
        Problem(
            "knowledge/worldview/lore.md", None, "",
            "is not written in 'ko', a language of the town",
            remedy="add knowledge/worldview/lore.ko.md, "
            "or state its one language with lang: in its front matter",
        )
    ]  # fmt: skip


def test_lore_of_one_language_needs_no_translation(town: Path) -> None:
    lore = town / "knowledge" / "rumours.md"
    lore.write_text("---\nlang: ko\n---\n## 소문 {#rumour}\n비가 온다.\n", encoding="utf-8")

    assert load_town(town).lore["rumour"].body == {"ko": "비가 온다."}


def test_a_renamed_agent_is_told_wherever_it_is_named(town: Path) -> None:
    agents = town / "agents.yaml"
    text = agents.read_text(encoding="utf-8")
    agents.write_text(text.replace("\nbaker:", "\nbakers:"), encoding="utf-8")

    problems = problems_of(town)
    assert [(p.file, p.line, p.key) for p in problems] == [
        ("agents.yaml", 18, "warden.persona.relationships.0.with"),
        ("crews/meeting.yaml", 4, "cast.1"),
        ("knowledge/items/things.json", 8, "0.sold_by.0"),
        ("knowledge/quests/errand.json", 15, "secrets.0.audience"),
        ("knowledge/worldview/lore.md", 14, "#second_cellar audience"),
        ("tasks.yaml", 10, "meeting_loaf.agent"),
    ]
    assert {p.remedy for p in problems} == {"did you mean 'bakers'?"}


@pytest.mark.parametrize(
    ("name", "meaning"), [("player", "is the player's"), ("all", "means everybody")]
)
def test_reserved_ids(town: Path, name: str, meaning: str) -> None:
    agents = town / "agents.yaml"
    text = agents.read_text(encoding="utf-8")
    entry = text[text.index("\nbaker:") :].replace("\nbaker:", f"\n{name}:")
    agents.write_text(text + entry.lstrip("\n"), encoding="utf-8")

    assert problems_of(town) == [
        Problem(
            "agents.yaml", 33, name, f"the id {name} {meaning}", "", "give the agent another id"
        )
    ]


def test_a_town_without_scenes(town: Path) -> None:
    shutil.rmtree(town / "crews")
    config = town / "town.yaml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("default_scene: meeting\n", ""), encoding="utf-8")

    assert problems_of(town) == [
        Problem("crews", None, "", "the town has no scene", "files crews/NAME.yaml")
    ]


def test_problems_are_sorted_by_file_and_line() -> None:
    places = [(p.file, p.line or 0) for p in problems_of(TOWNS / "broken_many_problems")]

    assert places == sorted(places)
    assert len({file for file, _ in places}) >= 5
