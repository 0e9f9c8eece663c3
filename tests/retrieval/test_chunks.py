"""How lore is cut into chunks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from townsfolk.retrieval.chunks import LONGEST, chunks_of, parts
from townsfolk.town.lore import EVERYONE, LoreEntry
from townsfolk.town.texts import Text

TOLL = LoreEntry(
    id="toll",
    category="law",
    title=Text(root={"en": "The toll", "ko": "통행세"}),
    body={"en": "Two silver on foot.", "ko": "걸어오면 두 닢이다."},
    audience=EVERYONE,
    path={"en": ("Osmere", "The gates")},
    sources={"en": "knowledge/law.md:7", "ko": "knowledge/law.ko.md:6"},
)


def test_there_is_a_chunk_for_each_language_with_its_titles() -> None:
    english, korean = chunks_of({"toll": TOLL}, ["en", "ko"])
    assert english.id == "toll.en"
    assert english.text == "Osmere › The gates › The toll: Two silver on foot."
    assert korean.text == "통행세: 걸어오면 두 닢이다."
    assert (english.serves, korean.serves) == (("en",), ("ko",))


def test_lore_in_one_language_serves_the_others_too() -> None:
    only = replace(TOLL, body={"ko": TOLL.body["ko"]})
    (chunk,) = chunks_of({"toll": only}, ["en", "ko"])
    assert chunk.serves == ("ko", "en")


def test_a_source_has_its_line_where_the_file_holds_more_than_one_entry() -> None:
    other = replace(TOLL, id="fee", sources={"en": "knowledge/law.md:12", "ko": "x.md:1"})
    chunks = chunks_of({"toll": TOLL, "fee": other}, ["en", "ko"])
    assert [chunk.source for chunk in chunks] == [
        "knowledge/law.md:7",
        "knowledge/law.ko.md",
        "knowledge/law.md:12",
        "x.md",
    ]


@pytest.mark.parametrize(
    ("title", "file", "text"),
    [
        ("P001", "p001.md", "Two silver."),
        ("Passage 12", "passage_12.md", "Two silver."),
        ("Toll house", "toll_house.md", "Toll house: Two silver."),
        ("Room 12", "inn.md", "Room 12: Two silver."),
    ],
)
def test_the_name_of_a_numbered_file_is_no_title(title: str, file: str, text: str) -> None:
    entry = LoreEntry(
        id="x",
        category="note",
        title=Text(root={"en": title}),
        body={"en": "Two silver."},
        audience=EVERYONE,
        sources={"en": f"knowledge/{file}:1"},
    )
    assert chunks_of({"x": entry}, ["en"])[0].text == text


def test_a_long_text_is_cut_between_paragraphs_and_each_part_keeps_its_titles() -> None:
    paragraphs = [f"{n}. " + "The river rose again. " * 25 for n in range(4)]
    long = replace(TOLL, body={"en": "\n\n".join(paragraphs)}, sources={"en": "a.md:1"})
    chunks = chunks_of({"toll": long}, ["en"])
    assert [chunk.id for chunk in chunks] == ["toll.en", "toll.en.2"]
    assert all(chunk.text.startswith("Osmere › The gates › The toll: ") for chunk in chunks)
    assert all(chunk.entry.id == "toll" for chunk in chunks)
    assert chunks[1].entry.text("en").startswith("2. ")


@pytest.mark.parametrize(
    "text",
    [
        "One sentence. " * 400,
        "word " * 1000,
        "x" * 5000,
        "\n\n".join(["A paragraph of some length."] * 200),
    ],
)
def test_no_part_is_too_long_and_no_word_is_lost(text: str) -> None:
    cut = parts(text, LONGEST["en"])
    assert all(0 < len(part) <= LONGEST["en"] for part in cut)
    assert "".join("".join(cut).split()) == "".join(text.split())


def test_a_changed_text_has_another_hash_and_the_same_id() -> None:
    before = chunks_of({"toll": TOLL}, ["en"])[0]
    after = chunks_of({"toll": replace(TOLL, body={"en": "Three silver."})}, ["en"])[0]
    assert before.id == after.id
    assert before.content_hash != after.content_hash
