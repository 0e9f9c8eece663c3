"""Korean speech levels: what an ending tells, and that the sample's people keep to theirs."""

from __future__ import annotations

import pytest

from townsfolk.language.korean_levels import breaks_level, sentence_levels
from townsfolk.town.persona import Persona
from townsfolk.town.town import Town

POLITE = {"하십시오체", "해요체"}
PLAIN = {"해라체", "해체"}
LEVELS = ["하십시오체", "해요체", "하오체", "하게체", "해라체", "해체"]


@pytest.mark.parametrize(
    ("sentence", "level"),
    [
        ("신고서를 먼저 작성해 주십시오.", "하십시오체"),
        ("이 장부는 보여 드릴 수 없습니다.", "하십시오체"),
        ("성함이 어떻게 되십니까?", "하십시오체"),
        ("철검은 은화 120닢이에요.", "해요체"),
        ("숟가락 하나 더 놓으면 되죠.", "해요체"),
        ("선 앞에 서시오.", "하오체"),
        ("사정을 들어도 깎지 않소.", "하오체"),
        ("안개가 또 올라오는구려.", "하오체"),
        ("이 일을 맡아 주게.", "하게체"),
        ("그 일은 내가 함세.", "하게체"),
        ("종은 기억한다네.", "하게체"),
        ("자네가 그 나그네인가?", "하게체"),
        ("문을 열어라.", "해라체"),
        ("너는 어디로 가느냐?", "해라체"),
        ("쇠는 거짓말 안 해.", "해체"),
        ("뜨거운 거나 한잔 줘.", "해체"),
    ],
)
def test_an_ending_tells_its_level(sentence: str, level: str) -> None:
    assert level in sentence_levels(sentence)


@pytest.mark.parametrize("sentence", ["", "은화 120닢.", "마르타 퀼!", "Halt at the line.", "흠."])
def test_a_sentence_without_an_ending_tells_nothing(sentence: str) -> None:
    assert sentence_levels(sentence) == ()


def test_quotation_marks_and_punctuation_after_the_ending_do_not_matter() -> None:
    assert sentence_levels('"선 앞에 서시오!" …') == sentence_levels("선 앞에 서시오")


def test_a_call_after_the_ending_does_not_hide_it() -> None:
    assert "하오체" in sentence_levels("장갑은 아침에 찾으시오, 위크.")
    assert breaks_level("오늘은 기다려 주지 않네, 소라.", "하게체") == []
    assert breaks_level("건너는 데 은화 1닢이야, 뭍사람.", "해요체") != []


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("오늘은 이만 돌아가 주십시오. 내일은 자리가 있어요.", "해요체"),
        ("오늘은 이만 돌아가 주십시오. 내일은 자리가 있어요.", "하십시오체"),
        ("문을 당장 열어라. 나는 여기서 기다릴게.", "해체"),
        ("문을 당장 열어라. 나는 여기서 기다릴게.", "해라체"),
    ],
)
def test_the_two_polite_and_the_two_plain_levels_may_be_mixed(text: str, level: str) -> None:
    assert breaks_level(text, level) == []


def test_the_sentences_of_another_level_are_named_and_no_others() -> None:
    text = "문은 여덟 번째 종에 닫히오. 늦은 사람은 안 기다려요. 선 앞에 서시오."
    assert breaks_level(text, "하오체") == ["늦은 사람은 안 기다려요."]


@pytest.mark.parametrize("text", ["고마워요.", "네, 그래요!", "어이, 나리!"])
def test_a_call_of_one_or_two_words_has_no_level_of_its_own(text: str) -> None:
    assert breaks_level(text, "하오체") == []


def test_every_line_of_the_samples_profiles_keeps_its_speakers_level(town: Town) -> None:
    broken = {
        line: sentences
        for agent in town.agents.values()
        for line in korean_lines(agent.persona)
        if (sentences := breaks_level(line, level_of(agent.persona)))
    }
    assert broken == {}


@pytest.mark.parametrize(
    ("own", "floor"),
    [("하십시오체", 1.0), ("해요체", 0.97), ("하오체", 0.84), ("하게체", 0.71), ("해체", 0.91)],
)
def test_most_lines_of_another_level_are_caught(town: Town, own: str, floor: float) -> None:
    """Each floor is what was measured; short lines, and -네 and -지 of two levels, are missed."""
    lines = [
        line
        for agent in town.agents.values()
        if level_of(agent.persona) == own
        for line in korean_lines(agent.persona)
    ]
    others = [level for level in LEVELS if level not in mixed_with(own)]
    caught = [bool(breaks_level(line, level)) for level in others for line in lines]
    assert len(caught) >= 60
    assert sum(caught) / len(caught) >= floor


def korean_lines(persona: Persona) -> list[str]:
    speech = persona.speech
    sources = [speech.sample_lines, speech.catchphrases, persona.fallback_lines, persona.refusals]
    return [line for source in sources for line in source.get("ko")]


def level_of(persona: Persona) -> str:
    assert persona.speech.korean_level is not None
    return persona.speech.korean_level


def mixed_with(level: str) -> set[str]:
    return next((group for group in (POLITE, PLAIN) if level in group), {level})
