"""What is mended in a model's answer without asking it again."""

from __future__ import annotations

import pytest

from townsfolk.turns.repair import repair

OWN = ("Doran Vey", "Doran", "도란 베이", "도란")
OTHERS = ("Marta Quill", "the traveller", "마르타 퀼")


def mended(text: str, max_words: int = 40, cut: bool = False) -> str:
    return repair(text, OWN, OTHERS, max_words, cut)


@pytest.mark.parametrize(
    "line",
    [
        "Halt at the line.",
        "선 앞에 서시오. 용건을 말하시오.",
        'The sign says "no carts."',
        "Is it late? It's 2 silver!",
        "Wait… then go.",
        "Note: mind the step.",
    ],
)
def test_a_good_line_stays_as_it_is(line: str) -> None:
    assert mended(line) == line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Doran: Halt at the line.", "Halt at the line."),
        ("doran vey : Halt.", "Halt."),
        ("도란 베이: 선 앞에 서시오.", "선 앞에 서시오."),
        ("도란： 선 앞에 서시오.", "선 앞에 서시오."),
        ('Doran: "Halt at the line."', "Halt at the line."),
        ("Doran: Halt.\nDoran: Go home.", "Halt. Go home."),
        ("**Doran:** Halt.", "Halt."),
        ("*nods* Doran: Halt.", "Halt."),
    ],
)
def test_the_speakers_own_label_is_taken_off(text: str, line: str) -> None:
    assert mended(text) == line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("It costs 2 silver and is sold by Doran Vey.", "It costs 2 silver and is sold by me."),
        ("Sold by Hedda Brune and Doran Vey.", "Sold by Hedda Brune and me."),
        ("You get it from Doran Vey, dear.", "You get it from me, dear."),
        ("I answer to Doran Vey.", "I answer to Doran Vey."),
        ("By Doran Vey's leave.", "By Doran Vey's leave."),
        ("Ask for Doran Veyland.", "Ask for Doran Veyland."),
        ("Take it from Doran Vey Senior.", "Take it from Doran Vey Senior."),
    ],
)
def test_a_speaker_that_lore_names_says_me(text: str, line: str) -> None:
    assert mended(text) == line


@pytest.mark.parametrize(
    "text",
    ['"Halt at the line."', "“Halt at the line.”", "«Halt at the line.»", '"Halt at the line'],
)
def test_quotation_marks_around_the_line_are_taken_off(text: str) -> None:
    assert mended(text) == "Halt at the line."


def test_quotation_marks_inside_a_line_keep_their_partners() -> None:
    assert mended('"Halt," he said. "Go."') == '"Halt," he said. "Go."'
    assert mended('Say "heron." Then go.') == 'Say "heron." Then go.'


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("*lowers his halberd* Halt. (sighs) Go on.", "Halt. Go on."),
        ("[opens the gate] Pass.", "Pass."),
        ("(문을 연다) 들어가시오.", "들어가시오."),
        ("Halt *nods* , friend .", "Halt, friend."),
    ],
)
def test_stage_directions_are_taken_out(text: str, line: str) -> None:
    assert mended(text) == line


def test_words_in_bold_lose_their_asterisks_and_stay() -> None:
    assert mended("The toll is **2 silver**. **Pay.**") == "The toll is 2 silver. Pay."


@pytest.mark.parametrize(
    "text",
    [
        "Halt.\nMarta Quill: Oh, hello.\nMore of it.",
        "Halt.\nThe Traveller: I am nobody.",
        "Halt.\n마르타 퀼: 안녕하세요.",
    ],
)
def test_what_another_is_made_to_say_after_it_is_cut_off(text: str) -> None:
    assert mended(text) == "Halt."


def test_a_line_that_opens_with_another_speaker_is_left_to_the_guard() -> None:
    assert mended("Marta Quill: hello there.") == "Marta Quill: hello there."


def test_an_unfinished_last_sentence_is_taken_off() -> None:
    assert mended("Halt at the line. The toll is two sil") == "Halt at the line."
    assert mended("선 앞에 서시오. 통행세는 은화") == "선 앞에 서시오."


@pytest.mark.parametrize("text", ["The toll is two silver", "통행세는 은화 2닢이오"])
def test_an_only_sentence_gets_the_full_stop_it_forgot(text: str) -> None:
    assert mended(text) == f"{text}."


@pytest.mark.parametrize("text", ["The toll is two sil", "통행세는 은"])
def test_an_only_sentence_that_was_cut_off_is_nothing(text: str) -> None:
    assert mended(text, cut=True) == ""


def test_sentences_beyond_the_limit_are_left_out() -> None:
    text = "One two three. Four five six. Seven eight nine."
    assert mended(text, max_words=8) == "One two three. Four five six."


def test_the_first_sentence_stays_even_beyond_the_limit() -> None:
    assert mended("One two three four five six.", max_words=3) == "One two three four five six."


def test_lines_become_one_line() -> None:
    assert mended("Halt.\n\n  Go   home.") == "Halt. Go home."


@pytest.mark.parametrize("text", ["", "   ", "*nods*", "\n"])
def test_nothing_stays_nothing(text: str) -> None:
    assert mended(text) == ""


@pytest.mark.parametrize(
    "text", ["The toll is two silver and", "안개가", "선을 넘으면", "문은 닫혔지만"]
)
def test_an_only_sentence_that_breaks_off_gets_no_full_stop(text: str) -> None:
    assert mended(text) == text
