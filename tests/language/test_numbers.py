"""Numbers that a text states: what counts as one, in English and in Korean."""

from __future__ import annotations

import pytest

from townsfolk.language.numbers import numbers_in


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("2 silver", {2}),
        ("1,240 people live here.", {1240}),
        ("The flood of 412.", {412}),
        ("12,345,678", {12_345_678}),
        ("ten, 11 and twelve", {10, 11, 12}),
        ("the 7th bell", {7}),
        ("은화 120닢이에요.", {120}),
        ("주민 1,240명", {1240}),
        ("412년 홍수", {412}),
    ],
)
def test_digits_are_read_with_and_without_separators(text: str, stated: set[int]) -> None:
    assert numbers_in(text) == stated


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("twenty-four Wardens", {24}),
        ("twenty four Wardens", {24}),
        ("a hundred", {100}),
        ("Two hundred", {200}),
        ("one hundred and twenty silver", {120}),
        ("four hundred and twelve", {412}),
        ("a thousand two hundred and forty", {1240}),
        ("a thousand and two", {1002}),
        ("nineteen hundred", {1900}),
        ("the ninth bell", {9}),
        ("the twenty-first day", {21}),
    ],
)
def test_english_words_make_one_number(text: str, stated: set[int]) -> None:
    assert numbers_in(text) == stated


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("two, three", {2, 3}),
        ("Ten, eleven, twelve: sold.", {10, 11, 12}),
        ("two and three", {2, 3}),
        ("ten eleven twelve", {10, 11, 12}),
        ("twenty four, five", {24, 5}),
        ("No one, twenty-four of us or not.", {24}),
        ("three. Four waited.", {3, 4}),
    ],
)
def test_english_numbers_beside_each_other_stay_apart(text: str, stated: set[int]) -> None:
    assert numbers_in(text) == stated


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no one at all",
        "one of us, someone",
        "at first",
        "hundreds of them",
        "a dozen stones",
        "twelvepence",
        "한 닢",
        "한 사람",
        "두세 명",
        "한두 번",
        "사나흘",
    ],
)
def test_vague_words_are_no_numbers(text: str) -> None:
    assert numbers_in(text) == set()


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("은화 열두 닢", {12}),
        ("두 사람", {2}),
        ("스물네 명", {24}),
        ("스물다섯닢", {25}),
        ("스무 살", {20}),
        ("석 잔에 넉 달", {3, 4}),
        ("아홉 번째 종이 울리면", {9}),
        ("벌써 열 명째예요", {10}),
        ("여든아홉 닢", {89}),
        ("세 번을 두 배로", {3, 2}),
    ],
)
def test_native_korean_numbers_count_before_a_counter(text: str, stated: set[int]) -> None:
    assert numbers_in(text) == stated


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("백이십 닢", {120}),
        ("이십오닢", {25}),
        ("천이백사십 명", {1240}),
        ("사백십이 년", {412}),
        ("만 이천 닢", {12_000}),
        ("이만 명", {20_000}),
        ("이 년 전", {2}),
        ("백 닢", {100}),
        ("삼 일 뒤", {3}),
        ("구월", {9}),
    ],
)
def test_sino_korean_numbers_count_before_a_counter(text: str, stated: set[int]) -> None:
    assert numbers_in(text) == stated


@pytest.mark.parametrize(
    ("text", "stated"), [("백스무 닢", {120}), ("백열두 닢", {112}), ("삼백예순 닢", {360})]
)
def test_sino_hundreds_go_with_native_tens(text: str, stated: set[int]) -> None:
    assert numbers_in(text) == stated


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("사흗날하고 이렛날에 서요.", {3, 7}),
        ("이틀이나 걸렸소", {2}),
        ("열흘 뒤", {10}),
        ("갈대달 열나흗날", {14}),
        ("열사흘", {13}),
        ("초이레", {7}),
    ],
)
def test_korean_names_of_days_are_numbers(text: str, stated: set[int]) -> None:
    assert numbers_in(text) == stated


@pytest.mark.parametrize(
    "text",
    [
        "열병차 한 잔",
        "열병에 걸렸네",
        "사냥활",
        "사냥을 나가오",
        "세월이 흘렀소",
        "두통이 심하오",
        "만일 그렇다면",
        "이번에는 오해가 없게 하시오",
        "추를 구해 오게",
        "이 사람이 이곳에서 이 밤에 왔소",
        "이분까지 쫓아 버리면",
        "천한 사람",
        "집 사이 장터",
    ],
)
def test_korean_words_that_only_look_like_a_number_and_a_counter_are_none(text: str) -> None:
    assert numbers_in(text) == set()
