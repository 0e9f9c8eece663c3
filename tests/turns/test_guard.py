"""The guard: what is wrong with a model's line, rule by rule."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.situations import moment, said
from townsfolk.town.lore import EVERYONE, LoreEntry
from townsfolk.town.texts import Text
from townsfolk.town.town import Town
from townsfolk.turns.guard import GuardContext, check_line
from townsfolk.turns.guard.context import guard_context
from townsfolk.turns.guard.rules import RULES
from townsfolk.turns.part import beat_part

TOLL = LoreEntry(
    id="east_gate_toll",
    category="rule",
    title=Text(root={"en": "The toll", "ko": "통행세"}),
    body={"en": "The toll is 2 silver.", "ko": "통행세는 은화 2닢이다."},
    audience=EVERYONE,
    key_facts={"en": ("2 silver",), "ko": ("은화 2닢",)},
)

ENGLISH = GuardContext(
    language="en",
    korean_level="하오체",
    own_names=("Doran Vey", "Doran"),
    other_names=("Marta Quill", "the traveller"),
    addressee="the traveller",
    max_words=20,
    earlier=("Halt at the line and state your business in Osmere.",),
    prompt="You are Doran Vey. Answer in English, with one or two short spoken sentences.",
    known_numbers=frozenset({2, 5, 8}),
    known_names=frozenset({"osmere", "marta", "quill", "doran", "vey", "east", "gate"}),
    must_convey=(),
)
KOREAN = replace(
    ENGLISH,
    language="ko",
    own_names=("도란 베이", "도란"),
    other_names=("마르타 퀼", "나그네"),
    addressee="나그네",
    earlier=("선 앞에 서서 오스미어에 온 용건을 말하시오.",),
    prompt="당신은 도란 베이입니다. 도란 베이로서 한국어로, 짧은 대사 한두 문장만 말하세요.",
)


def of_rule(rule: str, line: str, context: GuardContext) -> str | None:
    """What one rule says of a line."""
    return RULES[rule](line, context)


def passes(rule: str, line: str, context: GuardContext) -> bool:
    return of_rule(rule, line, context) is None


@pytest.mark.parametrize(
    ("line", "context"),
    [
        ("The toll is 2 silver, or 5 with a cart.", ENGLISH),
        ("Ask Marta Quill. She is by the East Gate.", ENGLISH),
        ("통행세는 은화 2닢이오. 수레가 있으면 5닢을 받소.", KOREAN),
        ("나그네는 어디서 오셨소?", KOREAN),
    ],
)
def test_a_good_line_has_no_fault(line: str, context: GuardContext) -> None:
    assert check_line(line, context) == []


def test_all_faults_of_a_line_are_reported_in_the_order_of_the_rules() -> None:
    faults = check_line("As an AI I know that **Zorblax** paid 999", ENGLISH)
    named = [fault.rule for fault in faults]
    assert named == ["unfinished", "markup", "out_of_world", "unknown_number", "unknown_name"]
    assert [rule for rule in RULES if rule in named] == named
    assert all(fault.detail for fault in faults)


@pytest.mark.parametrize("line", ["", "   ", "…", "?!"])
def test_nothing_said_is_empty(line: str) -> None:
    assert of_rule("empty", line, ENGLISH) == "nothing is said"


@pytest.mark.parametrize("line", ["Aye.", "네.", "5."])
def test_a_single_word_is_not_empty(line: str) -> None:
    assert passes("empty", line, ENGLISH)


@pytest.mark.parametrize(
    "line", ["The toll is two", "Here it is:", "통행세는", "Halt,", "그건 말이오,"]
)
def test_a_line_that_breaks_off_is_unfinished(line: str) -> None:
    assert not passes("unfinished", line, ENGLISH)


@pytest.mark.parametrize("line", ["Halt.", "선 앞에 서시오.", "Who?", 'He said "halt."', "Well…"])
def test_a_line_that_ends_a_sentence_is_finished(line: str) -> None:
    assert passes("unfinished", line, ENGLISH)


@pytest.mark.parametrize(
    "line",
    [
        "Halt.<|im_end|>",
        "</s> Halt.",
        "```Halt.```",
        "# Halt",
        "The toll is **2 silver**.",
        "See https://example.org.",
        '{"speech": "Halt."}',
        "[INST] Halt.",
        "Fill in ____ here.",
        "Final Answer: Halt.",
        "Thought: he lies. Halt.",
        "assistant: 서시오.",
        "서시오. <end_of_turn>",
    ],
)
def test_markup_and_labels_of_prompts_are_markup(line: str) -> None:
    assert not passes("markup", line, ENGLISH)


@pytest.mark.parametrize(
    "line",
    [
        "Halt! Is it 3 < 5?",
        "I thought so, and no more of this.",
        "값은 은화 2닢 - 그뿐이오.",
        "It is #1 of two.",
        "The user of a gate pays.",
    ],
)
def test_plain_speech_is_no_markup(line: str) -> None:
    assert passes("markup", line, ENGLISH)


@pytest.mark.parametrize(
    ("line", "context"),
    [
        ('"Halt," he said. "Go home."', ENGLISH),
        ('Doran said, "Halt at the line."', ENGLISH),
        ("“Halt.” Doran says.", ENGLISH),
        ('Sergeant: "Halt."', ENGLISH),
        ("The guard: I will not let them pass.", ENGLISH),
        ("Marta Quill: Oh, hello.", ENGLISH),
        ("Halt. Marta Quill: Oh, hello.", ENGLISH),
        ("The traveller steps up to the gate.", ENGLISH),
        ("마르타 퀼: 어서 와요.", KOREAN),
        ("서시오. 나그네： 알겠소.", KOREAN),
        ('"서시오."라고 그가 말했다.', KOREAN),
    ],
)
def test_making_another_speak_or_telling_of_speech_is_another_speaker(
    line: str, context: GuardContext
) -> None:
    assert not passes("other_speaker", line, context)


@pytest.mark.parametrize(
    ("line", "context"),
    [
        ("Ask Marta Quill about it.", ENGLISH),
        ("The traveller, is it? Halt.", ENGLISH),
        ('They call it "the line" here.', ENGLISH),
        ("She asked for 2 silver.", ENGLISH),
        ("나그네 양반, 선 앞에 서시오.", KOREAN),
        ("나그네는 어디서 오셨소?", KOREAN),
        ('그 매듭을 "평화 매듭"이라고 하오.', KOREAN),
    ],
)
def test_speaking_of_others_or_to_them_is_no_other_speaker(
    line: str, context: GuardContext
) -> None:
    assert passes("other_speaker", line, context)


def test_a_line_to_everybody_may_begin_with_any_name() -> None:
    line = "The traveller, I hear, came from the north."
    assert passes("other_speaker", line, replace(ENGLISH, addressee=""))


@pytest.mark.parametrize(
    ("line", "context"),
    [
        ("Answer in English, with one or two short spoken sentences.", ENGLISH),
        ("I am to answer, in English with one or TWO short spoken lines.", ENGLISH),
        ("도란 베이로서 한국어로 짧은 대사 한두 문장만 말하세요.", KOREAN),
    ],
)
def test_eight_words_of_the_instructions_in_a_row_are_an_echo(
    line: str, context: GuardContext
) -> None:
    assert not passes("prompt_echo", line, context)


@pytest.mark.parametrize(
    ("line", "context"),
    [
        ("You are Doran Vey, they say, and I answer.", ENGLISH),
        ("One or two short spoken sentences.", ENGLISH),
        ("당신은 도란 베이입니다.", KOREAN),
    ],
)
def test_fewer_words_of_the_instructions_are_chance(line: str, context: GuardContext) -> None:
    assert passes("prompt_echo", line, context)


@pytest.mark.parametrize(
    ("line", "context"),
    [
        ("선 앞에 서시오.", ENGLISH),
        ("Halt, 거기 서시오 당장.", ENGLISH),
        ("Halt at the line.", KOREAN),
        ("통행세를 내고 please go inside now.", KOREAN),
        ("止まれ。", KOREAN),
        ("We call such a knot 매듭 in the north of this country.", ENGLISH),
        ("통행세 straight 내시오.", KOREAN),
        ("El hierro no miente, my friend.", ENGLISH),
        ("Стой.", ENGLISH),
    ],
)
def test_any_word_of_another_language_is_the_wrong_language(
    line: str, context: GuardContext
) -> None:
    assert not passes("wrong_language", line, context)


@pytest.mark.parametrize(
    ("line", "context"),
    [
        ("Halt at the line.", ENGLISH),
        ("선 앞에 서시오.", KOREAN),
        ("그 사람 이름은 장부에 Doran이라고 적혀 있소.", KOREAN),
        ("120!", KOREAN),
    ],
)
def test_a_name_of_the_town_may_be_written_in_latin_letters(
    line: str, context: GuardContext
) -> None:
    assert passes("wrong_language", line, context)


@pytest.mark.parametrize(
    ("line", "context"),
    [
        ("As an AI language model I cannot.", ENGLISH),
        ("I'm a chatbot.", ENGLISH),
        ("How can I assist you today?", ENGLISH),
        ("Look it up on the internet.", ENGLISH),
        ("That is $20.", ENGLISH),
        ("Are you an AI?", ENGLISH),
        ("저는 AI입니다.", KOREAN),
        ("나는 인공지능이오.", KOREAN),
        ("나는 언어 모델이라 모르오.", KOREAN),
        ("스마트폰으로 찾아보시오.", KOREAN),
        ("2₩이오.", KOREAN),
    ],
)
def test_talk_of_machines_and_of_our_world_is_out_of_the_world(
    line: str, context: GuardContext
) -> None:
    assert not passes("out_of_world", line, context)


@pytest.mark.parametrize(
    ("line", "context"),
    [
        ("Wait for the aid of Kai, the captain.", ENGLISH),
        ("It rained again on the boats.", ENGLISH),
        ("That cost me two silver.", ENGLISH),
        ("아이들은 그냥 들어가오.", KOREAN),
        ("본보기가 될 사람을 찾소.", KOREAN),
    ],
)
def test_words_that_only_hold_such_letters_are_in_the_world(
    line: str, context: GuardContext
) -> None:
    assert passes("out_of_world", line, context)


@pytest.mark.parametrize("line", ["Doran Vey waits.", "Then Doran Vey lifts the bar. Halt."])
def test_telling_of_itself_by_its_full_name_is_the_third_person(line: str) -> None:
    assert of_rule("third_person", line, ENGLISH) == "speaks of Doran Vey as of another"


@pytest.mark.parametrize(
    ("line", "context"),
    [
        ("I am Doran Vey.", ENGLISH),
        ("My name is Sergeant Doran Vey.", ENGLISH),
        ("Sergeant of the gate, Doran Vey.", ENGLISH),
        ("Nobody fools old Doran.", ENGLISH),
        ("Marta Quill waits.", ENGLISH),
        ("도란 베이는 아무에게도 속지 않소.", KOREAN),
    ],
)
def test_giving_its_name_is_no_third_person(line: str, context: GuardContext) -> None:
    assert passes("third_person", line, context)


@pytest.mark.parametrize(
    ("line", "context"),
    [
        ("Halt at the line and state your business in Osmere.", ENGLISH),
        ("Halt at the line, and state your business in Osmere!", ENGLISH),
        ("Go on, go on, go on.", ENGLISH),
        ("The gate is shut the gate is shut the gate is shut.", ENGLISH),
        ("선 앞에 서서 오스미어에 온 용건을 말하시오!", KOREAN),
        ("서시오, 서시오, 서시오.", KOREAN),
    ],
)
def test_saying_the_same_again_is_a_repetition(line: str, context: GuardContext) -> None:
    assert not passes("repetition", line, context)


@pytest.mark.parametrize(
    ("line", "context"),
    [
        ("Halt at the line. The toll is two silver on foot.", ENGLISH),
        ("No, no, that is not it.", ENGLISH),
        ("선 앞에 서시오. 통행세는 은화 2닢이오.", KOREAN),
    ],
)
def test_a_few_words_in_common_are_no_repetition(line: str, context: GuardContext) -> None:
    assert passes("repetition", line, context)


def test_a_short_answer_may_be_given_again() -> None:
    assert passes(
        "repetition", "Noted, traveller.", replace(ENGLISH, earlier=("Noted, traveller.",))
    )


@pytest.mark.parametrize("context", [ENGLISH, KOREAN], ids=["en", "ko"])
def test_a_line_may_have_as_many_words_as_its_speaker_says_at_once(context: GuardContext) -> None:
    word = "soon" if context.language == "en" else "곧"
    assert passes("over_long", " ".join([word] * 20), context)
    assert of_rule("over_long", " ".join([word] * 21), context) == "21 words, at most 20"


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("통행세는 은화 2닢이에요. 어서 들어오세요.", "하오체"),
        ("통행세는 은화 2닢이다. 선 앞에 서라.", "하오체"),
        ("선 앞에 서시오. 통행세는 은화 2닢이오.", "해요체"),
        ("이 일을 자네가 맡아 주게.", "하십시오체"),
        ("그건 내가 정할 일이 아니야.", "하게체"),
        ("오늘은 문을 열지 않습니다.", "해체"),
    ],
)
def test_another_speech_level_is_the_wrong_register(line: str, level: str) -> None:
    assert not passes("wrong_register", line, replace(KOREAN, korean_level=level))


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("통행세는 은화 2닢이오. 선 앞에 서시오.", "하오체"),
        ("통행세는 은화 2닢이에요. 어서 들어오세요.", "해요체"),
        ("오늘은 문을 열지 않습니다.", "하십시오체"),
        ("이 일을 자네가 맡아 주게.", "하게체"),
        ("그건 내가 정할 일이 아니야.", "해체"),
        ("고마워요. 문은 여덟 번째 종에 닫히오.", "하오체"),
    ],
)
def test_a_line_of_the_personas_level_has_the_right_register(line: str, level: str) -> None:
    assert passes("wrong_register", line, replace(KOREAN, korean_level=level))


def test_one_slip_among_several_sentences_is_heard_too() -> None:
    line = "문은 여덟 번째 종에 닫히오. 늦은 사람은 안 기다려요. 선 앞에 서시오."
    assert not passes("wrong_register", line, KOREAN)


def test_the_register_is_looked_at_in_korean_and_where_a_level_is_given() -> None:
    line = "통행세는 은화 2닢이에요."
    assert passes("wrong_register", line, replace(KOREAN, korean_level=None))
    assert passes("wrong_register", "The toll is 2 silver.", ENGLISH)


@pytest.mark.parametrize(
    ("line", "context", "detail"),
    [
        ("The toll is 3 silver.", ENGLISH, "states 3"),
        ("A hundred silver, or twenty-four.", ENGLISH, "states 24, 100"),
        ("통행세는 은화 열두 닢이오.", KOREAN, "states 12"),
        ("은화 백이십 닢을 내시오.", KOREAN, "states 120"),
    ],
)
def test_a_number_from_nowhere_is_unknown(line: str, context: GuardContext, detail: str) -> None:
    assert of_rule("unknown_number", line, context) == detail


@pytest.mark.parametrize(
    ("line", "context"),
    [
        ("Two silver, or five with a cart.", ENGLISH),
        ("No one passes at first light.", ENGLISH),
        ("은화 두 닢, 수레는 다섯 닢이오.", KOREAN),
        ("이번에는 이 사람 말을 믿겠소.", KOREAN),
        ("열병차를 들고 사냥을 가오.", KOREAN),
    ],
)
def test_known_and_vague_numbers_may_be_said(line: str, context: GuardContext) -> None:
    assert passes("unknown_number", line, context)


def test_a_name_that_nothing_bears_is_unknown() -> None:
    assert of_rule("unknown_name", "Ask Zorblax in Osmere.", ENGLISH) == "names Zorblax"


@pytest.mark.parametrize(
    "line", ["Ask Marta in Osmere.", "Zorblax or not, halt.", "It is Marta's. Aye, I know."]
)
def test_known_names_and_the_first_word_of_a_sentence_may_be_said(line: str) -> None:
    assert passes("unknown_name", line, ENGLISH)


def test_names_are_looked_at_where_a_capital_tells_them() -> None:
    assert not passes("unknown_name", "조르블랙스에게 물어보시오.", KOREAN)
    assert passes("unknown_name", "문지기에게 물어보시오, 저 Zorblax 말이오.", KOREAN)


@pytest.mark.parametrize(
    ("line", "context", "detail"),
    [
        ("Pay the toll.", ENGLISH, "does not say 2 silver"),
        ("통행세를 내시오.", KOREAN, "does not say 은화 2닢"),
    ],
)
def test_a_key_fact_left_out_is_not_conveyed(line: str, context: GuardContext, detail: str) -> None:
    assert of_rule("not_conveyed", line, replace(context, must_convey=(TOLL,))) == detail


@pytest.mark.parametrize(
    ("line", "context"),
    [("Two silver, please.", ENGLISH), ("은화 두 닢이오.", KOREAN)],
)
def test_a_key_fact_in_any_wording_is_conveyed(line: str, context: GuardContext) -> None:
    assert passes("not_conveyed", line, replace(context, must_convey=(TOLL,)))


WEAK = replace(ENGLISH, topic=frozenset({"sword", "silve", "price", "scale"}))


def test_a_line_with_words_from_nowhere_is_off_the_topic() -> None:
    line = "Dragons guard ancient kingdoms beyond every mountain."
    assert of_rule("off_topic", line, WEAK) == "0% of its words belong to the turn"


@pytest.mark.parametrize("line", ["The price of swords is silver.", "Aye, so it is."])
def test_a_line_about_the_turn_or_with_no_content_is_on_the_topic(line: str) -> None:
    assert passes("off_topic", line, WEAK)


def test_the_topic_is_looked_at_only_where_there_is_one() -> None:
    line = "Dragons guard ancient kingdoms beyond every mountain."
    assert passes("off_topic", line, ENGLISH)


HAILED = replace(WEAK, expected="Doran, you will frighten off every purse in Osmere.")


@pytest.mark.parametrize(
    "line",
    [
        "I do not know.",
        "I couldn't rightly say, friend.",
        "I never heard of it. Ask somebody at the gate.",
        "I know nothing of the Ashen March.",
    ],
)
def test_not_knowing_is_evasive_where_the_author_has_something_to_say(line: str) -> None:
    assert (of_rule("evasive", line, HAILED) or "").startswith("does not know what to say")
    assert passes("evasive", line, WEAK)
    assert passes("evasive", line, replace(HAILED, expected="I cannot say who rang it."))


@pytest.mark.parametrize(
    "line",
    ["Do not tell him I said so.", "You cannot say that here.", "You know the toll, traveller."],
)
def test_other_words_of_knowing_and_telling_are_no_evasion(line: str) -> None:
    assert passes("evasive", line, HAILED)


def surroundings(
    town: Town,
    beat: str = "arrival_toll",
    language: str = "en",
    given: tuple[str, ...] = (),
    heard: str = "",
    strength: str = "strong",
) -> GuardContext:
    """What the guard looks at in a beat of the sample."""
    situation = moment(town, "town_arrival", language, heard)
    lore = tuple(town.lore[lore_id] for lore_id in given)
    return guard_context(town, beat_part(town, beat), situation, lore, "", strength)


@pytest.mark.parametrize(("language", "player"), [("en", "the traveller"), ("ko", "나그네")])
def test_the_surroundings_tell_who_speaks_to_whom_before_whom(
    town: Town, language: str, player: str
) -> None:
    context = surroundings(town, language=language)
    assert town.agents["guard"].name(language) in context.own_names
    assert context.addressee == player
    assert set(context.other_names) == {
        player,
        town.agents["merchant"].name(language),
        town.agents["quest_giver"].name(language),
    }
    assert context.must_convey == (town.lore["east_gate_toll"], town.lore["east_gate_hours"])


def test_numbers_are_known_from_the_lore_given_and_from_what_was_heard(town: Town) -> None:
    assert 1777 not in surroundings(town).known_numbers
    assert 1777 in surroundings(town, heard="I counted 1,777 reeds.").known_numbers
    assert 142 not in surroundings(town).known_numbers
    assert 142 in surroundings(town, given=("bell_tower",)).known_numbers


def test_what_was_said_out_of_hearing_is_not_known(town: Town) -> None:
    unheard = said("merchant", "There are 1,777 reeds.", ("merchant", "player"))
    situation = replace(moment(town, "town_arrival"), turns=(unheard,))
    context = guard_context(town, beat_part(town, "arrival_toll"), situation, (), "")
    assert 1777 not in context.known_numbers
    assert context.earlier == ()


def test_names_are_known_from_all_lore_that_may_be_spoken_of(town: Town) -> None:
    assert {"thane", "osmere", "warden"} <= surroundings(town).known_names


def test_names_that_stand_only_in_secrets_are_not_known(town: Town) -> None:
    """Joss stands in a secret of the guard's alone, and the player is listening."""
    secret = town.lore["guard.secrets.doran_unlogged_joss"]
    assert "Joss" in secret.text("en")
    assert "joss" not in surroundings(town).known_names


def test_only_a_weak_model_that_speaks_english_is_kept_to_the_topic(town: Town) -> None:
    assert surroundings(town).topic is None
    assert surroundings(town, language="ko", strength="weak").topic is None
    weak = surroundings(town, strength="weak", heard="What does a lantern cost?")
    assert weak.topic is not None
    assert "lante" in weak.topic


@pytest.mark.parametrize(
    ("rule", "line", "context"),
    [
        ("other_speaker", "Halt. Innkeeper: Come in, friend.", ENGLISH),
        ("other_speaker", "Halt. You grumble and dig in your purse.", ENGLISH),
        ("other_speaker", "서시오. 【나그네】 알겠소.", KOREAN),
        ("other_speaker", "에이, 라고 위크가 씩 웃으며 대꾸했다.", KOREAN),
        ("meta_talk", "As instructed, no pleasantries. Halt.", ENGLISH),
        ("meta_talk", "설정상 반말을 써야 하니 그렇게 하겠소.", KOREAN),
        ("wrong_register", "Halt, no exceptions lol.", ENGLISH),
        ("wrong_register", "Halt 😂.", ENGLISH),
        ("wrong_register", "고객님, 서시오.", KOREAN),
        ("repetition", "Be behind a shut door. Two silver. Be behind a shut door.", ENGLISH),
        ("repetition", "정확하고 정확하며 정확하게 적고 있소.", KOREAN),
        ("unknown_name", "Zorblax himself could not dent that.", ENGLISH),
        ("unknown_name", "백은기사단 사람도 통행세를 내오.", KOREAN),
    ],
)
def test_faults_of_every_class(rule: str, line: str, context: GuardContext) -> None:
    assert not passes(rule, line, context)
