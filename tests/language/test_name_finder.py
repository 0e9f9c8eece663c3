"""Finding which of many names a text has."""

from __future__ import annotations

import pytest

from townsfolk.language.name_finder import NameFinder
from townsfolk.language.names import mentions
from townsfolk.town.town import Town

FINDER = NameFinder(["the Drowned Bell", "East Gate", "Gate", "종탑", "잿빛 안개", "강", "the Aun"])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Where is the east gate?", ["East Gate", "Gate"]),
        ("The Drowned Bell's clapper", ["the Drowned Bell"]),
        ("two gates", ["Gate"]),
        ("delegate", []),
        ("종탑에서 잿빛  안개를 봤어요", ["종탑", "잿빛 안개"]),
        ("강은 어디로 흘러요?", ["강"]),
        ("the the the", []),
        ("", []),
    ],
)
def test_a_text_has_these_names(text: str, found: list[str]) -> None:
    assert FINDER.in_text(text) == found


def test_it_finds_what_a_look_at_each_name_finds(town: Town) -> None:
    names = [name for entry in town.lore.values() for name in entry.names()]
    names = list(dict.fromkeys(names))
    finder = NameFinder(names)
    for entry in list(town.lore.values())[::5]:
        for text in entry.body.values():
            assert finder.in_text(text) == [name for name in names if mentions(text, name)]
