"""Reading a strong model's structured answer."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator

from townsfolk.turns.answer import Answer, answer_schema, lookup_query, parse_answer


def test_a_whole_answer_is_read() -> None:
    text = (
        '{"thought": "He paid.", "speech": "Pass.", "stage": " lifts the bar ",'
        ' "actions": [{"name": "open_gate", "arguments": {}}]}'
    )
    assert parse_answer(text) == Answer("Pass.", "lifts the bar", (("open_gate", {}),))


@pytest.mark.parametrize(
    "text",
    [
        '```json\n{"speech": "Halt."}\n```',
        'Sure, here it is: {"speech": "Halt."}',
        '{"speech": "Halt."',
        '{"speech": "Halt.",}',
        "{'speech': 'Halt.'}",
        '{speech: "Halt."}',
        '{"speech": "Halt.", "stage": null, "actions": null}',
        '{"speech": "Halt.", "stage": "", "actions": "none"}',
    ],
)
def test_broken_json_is_mended(text: str) -> None:
    answer = parse_answer(text)
    assert (answer.speech, answer.stage, answer.actions) == ("Halt.", "", ())


def test_an_answer_that_broke_off_is_known_by_its_missing_end() -> None:
    assert parse_answer('{"speech": "Two silver on').cut
    assert not parse_answer('{"speech": "Two silver."}').cut


def test_an_answer_that_is_nested_too_deeply_is_taken_as_it_stands() -> None:
    assert parse_answer("{" * 200).speech == "{" * 200


def test_an_action_that_is_named_twice_is_taken_once() -> None:
    action = '{"name": "open_gate", "arguments": {}}'
    text = f'{{"speech": "Pass.", "actions": [{action}, {action}]}}'
    assert parse_answer(text).actions == (("open_gate", {}),)


def test_korean_speech_is_read() -> None:
    assert parse_answer('{"speech": "선 앞에 서시오."}').speech == "선 앞에 서시오."


@pytest.mark.parametrize("text", ["Halt at the line.", "선 앞에 서시오.", "", "It costs {2}."])
def test_a_text_that_is_no_json_is_itself_the_speech(text: str) -> None:
    assert parse_answer(text) == Answer(text)


@pytest.mark.parametrize("text", ['{"thought": "x"}', '{"speech": null}', '{"speech": 3}'])
def test_json_without_speech_is_left_to_the_guard(text: str) -> None:
    assert parse_answer(text) == Answer(text)


def test_actions_without_a_name_are_dropped_and_wrong_arguments_are_none() -> None:
    text = '{"speech": "A.", "actions": [{"name": "x", "arguments": "no"}, {"arguments": {}}, 3]}'
    assert parse_answer(text).actions == (("x", {}),)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("SEARCH: the toll", "the toll"),
        ("Let me see.\nSEARCH： 통행세 \n", "통행세"),
        ("  SEARCH : iron sword", "iron sword"),
    ],
)
def test_a_look_up_is_a_line_of_its_own(text: str, query: str) -> None:
    assert lookup_query(text) == query


@pytest.mark.parametrize("text", ["", "SEARCH:", "search: toll", "I would SEARCH: toll", "Halt."])
def test_anything_else_looks_nothing_up(text: str) -> None:
    assert lookup_query(text) is None


def test_the_schema_accepts_an_answer_and_nothing_beside_it() -> None:
    schema = answer_schema(["sell"], thinks=True)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    answer = {"thought": "", "speech": "Sold.", "stage": "", "actions": []}
    assert validator.is_valid(answer)
    assert validator.is_valid(answer | {"actions": [{"name": "sell", "arguments": {}}]})
    assert not validator.is_valid(answer | {"actions": [{"name": "steal", "arguments": {}}]})
    assert not validator.is_valid(answer | {"mood": "glad"})
    assert not validator.is_valid({"speech": "Sold."})


def test_the_thought_comes_first_where_there_is_one() -> None:
    assert next(iter(answer_schema([], thinks=True)["properties"])) == "thought"
    assert "thought" not in answer_schema([], thinks=False)["properties"]


def test_without_actions_the_schema_has_none() -> None:
    assert "actions" not in answer_schema([], thinks=False)["properties"]
