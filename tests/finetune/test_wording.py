"""The wording of practice: complete, fillable, and no two forms alike."""

from __future__ import annotations

import random

import pytest

from townsfolk.finetune.data.families import SLOT, Family, families, filled
from townsfolk.finetune.data.slots import shared_kinds
from townsfolk.finetune.data.voices import Voice, speaker, voices
from townsfolk.language.sentences import words


@pytest.mark.parametrize("name", sorted(families()))
def test_a_family_can_be_filled_and_never_gives_its_answer_away(name: str) -> None:
    _, family = families()[name]
    declared = set(family.slots)
    assert {k for k in family.slots.values() if isinstance(k, str)} <= shared_kinds()
    for text in [*family.lore, *family.missing, *family.topic, *_forms(family)]:
        assert set(SLOT.findall(text)) <= declared, text
    stated = [set(SLOT.findall(text)) for text in family.lore]
    assert set().union(*stated) == declared
    for aspect in family.aspects:
        assert all(set(aspect.fact) <= slots for slots in stated)
        assert all(set(aspect.fact) <= set(SLOT.findall(say)) for say in aspect.say)
        asked = [ask for ask in aspect.ask if not set(aspect.fact) & set(SLOT.findall(ask))]
        assert asked == aspect.ask


def _forms(family: Family) -> list[str]:
    return [text for aspect in family.aspects for text in (*aspect.ask, *aspect.say)]


def test_no_question_stands_twice() -> None:
    asks = [ask for _, family in families().values() for x in family.aspects for ask in x.ask]
    assert len(set(asks)) > 0.995 * len(asks)
    assert len(families()) > 100


def test_a_voice_has_lines_beside_those_that_its_prompt_shows() -> None:
    assert [name for name, voice in voices().items() if len({*voice.sample_lines}) < 4] == []


def test_values_of_one_family_differ() -> None:
    for _, family in families().values():
        values = family.values(random.Random(1))
        assert len(set(values.values())) == len(values)
        assert "{" not in filled(family.lore[0], values)


@pytest.mark.parametrize("name", sorted(voices()))
def test_every_answer_of_a_voice_has_a_mark_that_its_prompt_shows(name: str) -> None:
    voice: Voice = voices()[name]
    generator = random.Random(2)
    for _ in range(20):
        said = speaker(voice, generator)
        marks = [tuple(words(mark)) for mark in (*said.catchphrases, *said.address)]
        for line in (
            said.answer("The gate shuts.", "the gate shuts.", generator),
            said.line(voice.ignorance, generator),
            said.line(voice.refusal, generator),
            said.line(voice.puzzled, generator),
        ):
            spoken = words(line)
            assert any(
                tuple(spoken[i : i + len(mark)]) == mark
                for mark in marks
                for i in range(len(spoken))
            ), line
