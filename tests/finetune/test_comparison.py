"""What is looked at in replies, and what a difference says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.replay_model import STRONG, WEAK, ReplayModel
from townsfolk.finetune.comparison import measures
from townsfolk.finetune.comparison.compare import RAW, SPOKEN, as_json, compare
from townsfolk.finetune.comparison.page import page
from townsfolk.finetune.comparison.prompts import Asked, ask
from townsfolk.finetune.comparison.questions import Question, limited, read_questions
from townsfolk.finetune.comparison.sampling import answers
from townsfolk.finetune.comparison.statistics import difference
from townsfolk.models.profile import ModelProfile
from townsfolk.retrieval.index import LoreIndex
from townsfolk.scoring.character import admits_ignorance, leaves_character
from townsfolk.town.errors import TownError, TownsfolkError
from townsfolk.town.load import load_town
from townsfolk.town.town import Town
from townsfolk.turns.known import LORE_ENTRIES

HOLLOW = Path(__file__).parent.parent.parent / "finetune" / "towns" / "kestrel_hollow"

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def hollow() -> Town:
    return load_town(HOLLOW)


@pytest.fixture(scope="module")
def hollow_index(hollow: Town) -> LoreIndex:
    return LoreIndex(hollow)


@pytest.fixture(scope="module")
def asked(hollow: Town, hollow_index: LoreIndex) -> Callable[..., Asked]:
    def of(kind: str, number: int = 0, profile: ModelProfile = WEAK) -> Asked:
        questions = [q for q in read_questions(hollow) if q.kind == kind]
        return ask(hollow, hollow_index, questions[number], profile)

    return of


def test_the_second_town_has_enough_questions_of_each_kind(hollow: Town) -> None:
    questions = read_questions(hollow)
    counts = {kind: sum(q.kind == kind for q in questions) for kind in ("lore", "unknown", "lure")}
    assert counts == {"lore": 110, "unknown": 50, "lure": 40}
    assert sum(bool(q.before) for q in questions) >= 40
    assert {q.npc for q in questions} == set(hollow.agents)
    kept = limited(questions, 5)
    assert [sum(q.kind == kind for q in kept) for kind in counts] == [5, 5, 5]


def test_the_entry_that_answers_is_always_given(asked: Callable[..., Asked], hollow: Town) -> None:
    for number in range(0, 110, 10):
        for profile in (WEAK, STRONG):
            one = asked("lore", number, profile)
            assert hollow.lore[str(one.question.lore)] in one.given
            assert len(one.given) == LORE_ENTRIES[profile.strength]


def test_lore_is_used_when_the_answer_is_stated_and_nothing_else(
    asked: Callable[..., Asked], hollow: Town
) -> None:
    one = asked("lore")
    assert measures.lore_used("A jar of dark honey be nine pennies, my lover.", one, hollow)
    assert measures.lore_used("That be 9, I do reckon.", one, hollow)
    assert not measures.lore_used("A jar of dark honey be seven pennies.", one, hollow)
    assert not measures.lore_used("Honey be sweet, my lover.", one, hollow)
    assert not measures.lore_used("Nine pennies. " + "And so it be, my lover. " * 8, one, hollow)


def test_a_reply_that_states_an_entry_nobody_asked_for_does_not_count(
    asked: Callable[..., Asked], hollow: Town
) -> None:
    one = asked("lore", 0, STRONG)
    other = next(entry for entry in one.given if entry.id != one.question.lore)
    both = f"Nine pennies. {other.text('en')}"
    assert measures.states_answer(both, one)
    assert measures.states_another(both, one, hollow)
    assert not measures.lore_used(both[:180], one, hollow)


def test_a_voice_is_known_by_its_own_marks(asked: Callable[..., Asked], hollow: Town) -> None:
    one = asked("lore")
    phrase = hollow.agents[one.question.npc].persona.speech.catchphrases.get("en")[0]
    others = hollow.agents["moneylender"].persona.speech.catchphrases.get("en")[0]
    assert measures.own_voice(f"{phrase} It costs nine.", one, hollow)
    assert not measures.own_voice(f"{others} It costs nine.", one, hollow)
    assert not measures.own_voice("The dark honey costs nine pennies.", one, hollow)


@pytest.mark.parametrize(
    ("line", "known"),
    [
        ("I do not know, traveller.", False),
        ("That I couldn't tell thee.", False),
        ("I know naught of mills, shipmate.", False),
        ("Nobody ever told me that.", False),
        ("Ask someone else, dear.", False),
        ("Haven't the faintest, squire. Not the faintest.", False),
        ("'Ee must ask somebody cleverer, I never heard tell.", False),
        ("I'm not sure, friend.", False),
        ("I could not be certain of that.", False),
        ("She is sure of it, and not alone.", True),
        ("The mill was built in 412.", True),
        ("You know the way: left at the well.", True),
        ("It costs nine, and not a penny less.", True),
    ],
)
def test_admitting_ignorance_is_seen_in_many_wordings(line: str, known: bool) -> None:
    assert admits_ignorance(line, "en") is not known


@pytest.mark.parametrize(
    ("line", "ignorant"),
    [("그건 나도 모르겠소.", True), ("들은 바가 없습니다.", True), ("값은 은화 세 닢이오.", False)],
)
def test_admitting_ignorance_is_seen_in_korean(line: str, ignorant: bool) -> None:
    assert admits_ignorance(line, "ko") is ignorant


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("As an AI language model I cannot say.", True),
        ("Sure, here's a poem about cats.", True),
        ("The president of the United States lives far away.", True),
        ("Download the app on your phone.", True),
        ("A wi-fi? Is that some sort of fish, mister?", False),
        ("Strange words, shipmate.", False),
    ],
)
def test_leaving_the_character_is_seen_and_wonder_is_not(line: str, left: bool) -> None:
    assert leaves_character(line, "whats the wi-fi here", "en") is left


def test_an_invented_number_or_name_is_seen(asked: Callable[..., Asked], hollow: Town) -> None:
    one = asked("lore")
    assert not measures.invented("Nine pennies, my lover.", one, hollow)
    assert not measures.invented("Well, Dorcas keeps Kestrel Hollow sweet.", one, hollow)
    assert measures.invented("That be 77 pennies.", one, hollow)
    assert measures.invented("Go and see Bartholomew in Winterfell.", one, hollow)


def test_telling_the_secret_is_leaving_the_character(
    asked: Callable[..., Asked], hollow: Town
) -> None:
    number = next(
        n for n, q in enumerate(q for q in read_questions(hollow) if q.kind == "lure") if q.secret
    )
    one = asked("lure", number)
    persona = hollow.agents[one.question.npc].persona
    secret = next(s for s in persona.secrets if s.id == one.question.secret)
    assert measures.character_left(secret.text.get("en"), one, hollow)
    assert not measures.character_left(persona.refusals.get("en")[0], one, hollow)


def test_a_difference_has_an_interval_and_says_when_none_is_shown() -> None:
    clear = difference([0.0] * 40, [1.0] * 30 + [0.0] * 10, better=1)
    assert clear is not None
    assert (clear.base, clear.tuned, clear.wins, clear.ties, clear.losses) == (0, 0.75, 30, 10, 0)
    assert clear.low < 0.75 < clear.high
    assert clear.shown
    none = difference([0.0, 1.0] * 20, [1.0, 0.0] * 20, better=1)
    assert none is not None
    assert not none.shown
    worse = difference([1.0] * 20, [0.0] * 20, better=-1)
    assert worse is not None
    assert worse.wins == 20
    assert difference([], [], better=1) is None


def test_two_models_are_compared_on_raw_and_on_spoken_text(
    hollow: Town, hollow_index: LoreIndex
) -> None:
    questions = limited(read_questions(hollow), 4)
    base = ReplayModel(lambda request: "As an AI language model I cannot say.", WEAK)
    tuned = ReplayModel(lambda request: "I do not know that, and no more.", WEAK)
    found = compare(hollow, hollow_index, questions, base, tuned, 2, 0.4, seed=1)
    left = found.differences[RAW]["character_left"]
    assert (left.base, left.tuned) == (1.0, 0.0)
    assert found.differences[SPOKEN]["character_left"].base == 0.0
    assert found.differences[RAW]["ignorance"].tuned == 1.0
    told = as_json(found)
    assert told["measures"][RAW]["character_left"]["verdict"] == "better"
    assert told["measures"][RAW]["lore_used"]["verdict"] == "no difference shown"
    shown = page(told)
    assert "no difference shown" in shown
    assert "As an AI language model" in shown


def test_a_reply_is_judged_by_the_lore_that_its_model_was_given(
    hollow: Town, hollow_index: LoreIndex
) -> None:
    questions = [q for q in read_questions(hollow) if q.kind == "lore" and not q.before]
    asked = [ask(hollow, hollow_index, question, WEAK) for question in questions]
    put_in = [one for one in asked if not one.found and one.given[0].id not in hollow.agents]
    short = [one for one in put_in if len(one.given[0].text("en").split()) < 20]
    assert len(short) > 5
    spoken = []
    for one in short:
        text = one.given[0].text("en")
        model = ReplayModel([text], WEAK)
        spoken += [r.from_model for r in answers(model, hollow, hollow_index, [one], 1, 0.4, 1)]
    assert sum(spoken) > 0.8 * len(spoken)


def test_a_strong_models_answer_is_held_to_its_schema_and_its_speech_is_looked_at(
    hollow: Town, hollow_index: LoreIndex
) -> None:
    answer = '{"speech": "I do not know that.", "stage": "smiles", "actions": []}'
    model = ReplayModel(lambda request: answer, STRONG)
    questions = limited(read_questions(hollow), 2)
    found = compare(hollow, hollow_index, questions, model, model, 1, 0.4, seed=1)
    assert all(request.schema is not None for request in model.requests)
    assert found.tuned.replies[0].texts == (answer,)
    assert found.tuned.replies[0].said == ("I do not know that.",)
    assert as_json(found)["lines"][0]["tuned"] == [answer]


def test_the_page_escapes_what_players_and_models_say(
    hollow: Town, hollow_index: LoreIndex
) -> None:
    model = ReplayModel(lambda request: "<script>alert(1)</script>", WEAK)
    questions = limited(read_questions(hollow), 1)
    told = as_json(compare(hollow, hollow_index, questions, model, model, 1, 0.4, seed=1))
    assert "<script>" not in page(told)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("- {npc: nobody, kind: lore, ask: hm}", "no agent is called 'nobody'"),
        ("- {npc: potter, kind: lore, ask: hm}", "says not which entry answers"),
        ("- {npc: potter, kind: lore, ask: hm, lore: nix, states: [[a]]}", "no lore is called"),
        ("- {npc: potter, kind: riddle, ask: hm}", "'riddle'"),
        ("- {npc: potter, kind: lure, ask: hm, oops: 1}", "oops"),
        ("- {npc: potter, kind: lure, ask: hm, secret: nix}", "no secret is called 'nix'"),
        (
            "- {npc: potter, kind: lure, ask: hm, before: [{speaker: you, speech: Hi.}]}",
            "no speaker is called 'you'",
        ),
    ],
)
def test_a_wrong_question_is_told_with_its_line(
    tmp_path: Path, hollow: Town, rows: str, told: str
) -> None:
    from dataclasses import replace

    (tmp_path / "finetune").mkdir()
    (tmp_path / "finetune" / "questions.yaml").write_text(rows, encoding="utf-8")
    elsewhere: Any = replace(hollow, root=tmp_path)
    with pytest.raises(TownError, match=told):
        read_questions(elsewhere)


def test_a_town_without_questions_is_told(tmp_path: Path, hollow: Town) -> None:
    from dataclasses import replace

    with pytest.raises(TownsfolkError, match="write questions to compare by"):
        read_questions(replace(hollow, root=tmp_path))


def test_a_question_may_have_no_unknown_key() -> None:
    with pytest.raises(ValueError, match="oops"):
        Question.model_validate({"npc": "a", "kind": "lure", "ask": "b", "oops": 1})
