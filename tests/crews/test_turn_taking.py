"""Who speaks next: the code decides, by what was said last and by the beats that are open."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from tests.support.playing import Entries, small_town
from tests.support.situations import said
from townsfolk.crews.relevance import relevance
from townsfolk.crews.turn_taking import (
    Floor,
    NextTurn,
    addressed_turn,
    closing_turn,
    free_turn,
)
from townsfolk.town.beats import PLAYER
from townsfolk.town.town import Town
from townsfolk.town.transcript import Turn

MARKET = ("merchant", "blacksmith", "herbalist", "clerk")

Choose = Callable[[Floor], NextTurn | None]
either_way = pytest.mark.parametrize("choose", [addressed_turn, free_turn])

BEATS: Entries = {
    "weather": {"agent": "merchant", "to": PLAYER, "description": "Praise the sunshine."},
    "basket": {"agent": "merchant", "to": PLAYER, "description": "Show the wicker basket."},
    "anvil": {"agent": "blacksmith", "to": PLAYER, "description": "Talk about the new anvil."},
    "gossip": {"agent": "blacksmith", "to": "merchant", "description": "Mock the pedlar."},
    "basket_sale": {"agent": "merchant", "to": PLAYER, "description": "Sell the wicker basket.",
                    "actions": ["sell"]},
    "salt_fine": {"agent": "clerk", "to": "merchant", "description": "Recall the statute.",
                  "interrupts": {"en": ["salt"], "ko": ["소금"]}},
    "proclaim": {"agent": "clerk", "description": "Proclaim the news.", "say": "Hear the news!"},
    "toll": {"agent": "clerk", "to": PLAYER, "description": "Name the toll.",
             "must_convey": ["east_gate_toll"], "authored": "On foot, 2 silver."},
}  # fmt: skip


@pytest.fixture(scope="module")
def square(town: Town) -> Town:
    """The sample town's people with a few beats that share no word."""
    return small_town(town, BEATS, cast=list(MARKET))


def line(speaker: str, speech: str, to: str | None = None) -> Turn:
    return said(speaker, speech, (*MARKET, PLAYER)).model_copy(update={"to": to})


def floor(
    town: Town,
    *turns: Turn,
    fresh: Sequence[str] = (),
    earlier: Sequence[str] = (),
    present: Sequence[str] = MARKET,
    language: str = "en",
) -> Floor:
    return Floor(town, language, tuple(present), turns, tuple(fresh), tuple(earlier))


# --- who is named or asked


@either_way
@pytest.mark.parametrize(
    ("language", "speech", "speaker"),
    [
        ("en", "Marta, how is the day treating you?", "merchant"),
        ("en", "Is that yours, Hedda Brune?", "blacksmith"),
        ("en", "mistress yun, a word with you.", "herbalist"),
        ("en", "Blacksmith, a word with you.", "blacksmith"),
        ("en", "Smith! A word with you.", "blacksmith"),
        ("en", "Whose is that, merchant?", "merchant"),
        ("en", "Hedda, would you thank Marta for me?", "blacksmith"),
        ("en", "Is this Cassel's?", "clerk"),
        ("ko", "마르타 님, 안녕하십니까?", "merchant"),
        ("ko", "마르타, 잘 지내요?", "merchant"),
        ("ko", "헤다야, 잘 있었어?", "blacksmith"),
        ("ko", "대장장이님, 안녕하십니까?", "blacksmith"),
        ("ko", "상인님께 여쭙니다.", "merchant"),
        ("ko", "저기 계신 약초상께서는 어떻습니까?", "herbalist"),
        ("ko", "윤소라 님은 어떠십니까?", "herbalist"),
        ("ko", "카셀 서기님, 마르타 님께 인사 전해 주십시오.", "clerk"),
    ],
)
def test_whoever_is_called_answers(
    town: Town, choose: Choose, language: str, speech: str, speaker: str
) -> None:
    """By name, alias or trade, with any particle; the first one where several are named."""
    chosen = choose(floor(town, line(PLAYER, speech), language=language))
    assert chosen == NextTurn(speaker, None, PLAYER)


@pytest.mark.parametrize(
    ("language", "speech"),
    [("en", "What a silversmith made this!"), ("en", "Is it Martamas yet?"),
     ("ko", "이게 무슨 현상인가요?"), ("ko", "부상인지 물어봤습니다.")],
)  # fmt: skip
def test_a_name_inside_another_word_calls_nobody(town: Town, language: str, speech: str) -> None:
    before = line("clerk", "…", to=PLAYER)
    chosen = addressed_turn(floor(town, before, line(PLAYER, speech), language=language))
    assert chosen == NextTurn("clerk", None, PLAYER)


def test_a_line_that_is_for_somebody_is_answered_by_them(town: Town) -> None:
    """Whoever else it names."""
    heard = line("merchant", "Cassel said so.", to="blacksmith")
    assert addressed_turn(floor(town, heard)) == NextTurn("blacksmith", None, "merchant")


def test_npcs_who_name_each_other_answer_each_other(town: Town) -> None:
    heard = line("blacksmith", "You saw it, Marta.")
    assert addressed_turn(floor(town, heard)) == NextTurn("merchant", None, "blacksmith")


@pytest.mark.parametrize("speech", ["That is yours now.", "Ask Hedda about it."])
def test_a_line_to_the_player_gives_them_the_floor(square: Town, speech: str) -> None:
    heard = line("merchant", speech, to=PLAYER)
    assert addressed_turn(floor(square, heard, fresh=["anvil", "weather"])) is None


def test_an_npcs_line_to_nobody_gives_the_player_the_floor(square: Town) -> None:
    assert addressed_turn(floor(square, line("merchant", "Well."), fresh=["anvil"])) is None


@either_way
def test_whoever_just_spoke_does_not_answer_themselves(square: Town, choose: Choose) -> None:
    heard = line("merchant", "I, Marta the merchant, praise the sunshine in my wicker basket.")
    chosen = choose(floor(square, heard, fresh=["weather", "basket"]))
    assert chosen is None or chosen.speaker != "merchant"


@either_way
def test_who_is_absent_is_never_chosen(square: Town, choose: Choose) -> None:
    here = ("merchant", "clerk")
    asked = choose(floor(square, line(PLAYER, "Hedda, what is it?"), present=here))
    assert asked is not None
    assert asked.speaker in here
    told = addressed_turn(floor(square, line("merchant", "You!", to="blacksmith"), present=here))
    assert told is None


# --- a line to nobody


def test_a_line_to_nobody_falls_to_whom_the_player_was_talking_with(square: Town) -> None:
    before = [line("merchant", "…", to=PLAYER), line("clerk", "…", to=PLAYER)]
    chosen = addressed_turn(floor(square, *before, line(PLAYER, "Oh?"), fresh=["anvil"]))
    assert chosen == NextTurn("clerk", None, PLAYER)


def test_a_line_to_nobody_falls_to_the_npc_whose_beat_it_fits(square: Town) -> None:
    before = line("clerk", "…", to=PLAYER)
    asked = line(PLAYER, "Is that a new anvil?")
    chosen = addressed_turn(floor(square, before, asked, fresh=["weather", "anvil"]))
    assert chosen == NextTurn("blacksmith", "anvil", PLAYER)


def test_the_partner_of_the_talk_goes_first_where_several_have_a_fitting_beat(square: Town) -> None:
    before = line("blacksmith", "…", to=PLAYER)
    asked = line(PLAYER, "A wicker basket, and a new anvil!")
    chosen = addressed_turn(floor(square, before, asked, fresh=["basket", "anvil"]))
    assert chosen == NextTurn("blacksmith", "anvil", PLAYER)


def test_the_partner_who_went_away_is_not_asked(square: Town) -> None:
    before = [line("clerk", "…", to=PLAYER), line("blacksmith", "…", to=PLAYER)]
    chosen = addressed_turn(
        floor(square, *before, line(PLAYER, "Oh?"), present=("merchant", "clerk"))
    )
    assert chosen == NextTurn("clerk", None, PLAYER)


def test_where_nobody_has_spoken_the_next_beat_opens(square: Town) -> None:
    chosen = addressed_turn(floor(square, line(PLAYER, "Hello!"), fresh=["anvil", "weather"]))
    assert chosen == NextTurn("blacksmith", "anvil", PLAYER)


def test_where_nobody_has_spoken_and_no_beat_is_left_the_first_of_the_cast_answers(
    square: Town,
) -> None:
    chosen = addressed_turn(floor(square, line(PLAYER, "Hello!")))
    assert chosen == NextTurn("merchant", None, PLAYER)


@either_way
def test_before_anything_is_said_the_first_beat_opens(square: Town, choose: Choose) -> None:
    chosen = choose(floor(square, fresh=["anvil", "weather"]))
    assert chosen == NextTurn("blacksmith", "anvil", PLAYER)


@either_way
def test_silence_where_nothing_was_said_and_no_beat_is_open(square: Town, choose: Choose) -> None:
    assert choose(floor(square, earlier=["weather"])) is None


@either_way
def test_nobody_answers_where_nobody_is(square: Town, choose: Choose) -> None:
    assert choose(floor(square, line(PLAYER, "Marta?"), present=())) is None


# --- which beat of theirs


@either_way
def test_the_beat_that_fits_goes_before_the_next_one(square: Town, choose: Choose) -> None:
    asked = line(PLAYER, "Marta, is that basket wicker?")
    chosen = choose(floor(square, asked, fresh=["weather", "basket"]))
    assert chosen == NextTurn("merchant", "basket", PLAYER)


@either_way
def test_the_next_beat_is_played_where_none_fits(square: Town, choose: Choose) -> None:
    chosen = choose(floor(square, line(PLAYER, "Marta?"), fresh=["anvil", "weather", "basket"]))
    assert chosen == NextTurn("merchant", "weather", PLAYER)


@either_way
@pytest.mark.parametrize(
    ("speech", "beat"), [("Marta, is that basket wicker?", "basket"), ("Marta?", None)]
)
def test_an_earlier_beat_is_played_only_where_it_fits(
    square: Town, choose: Choose, speech: str, beat: str | None
) -> None:
    chosen = choose(floor(square, line(PLAYER, speech), earlier=["basket"]))
    assert chosen == NextTurn("merchant", beat, PLAYER)


@either_way
@pytest.mark.parametrize(
    ("speech", "beat"),
    [
        ("Marta, is that basket wicker?", None),
        ("Marta, I'll take the wicker basket.", "basket_sale"),
    ],
)
def test_nothing_is_sold_only_because_it_was_somebodys_turn(
    square: Town, choose: Choose, speech: str, beat: str | None
) -> None:
    chosen = choose(floor(square, line(PLAYER, speech), fresh=["basket_sale"]))
    assert chosen == NextTurn("merchant", beat, PLAYER)


@either_way
def test_a_beat_that_waits_for_a_word_fills_no_round(square: Town, choose: Choose) -> None:
    chosen = choose(floor(square, line(PLAYER, "Cassel?"), fresh=["salt_fine"]))
    assert chosen == NextTurn("clerk", None, PLAYER)


def test_a_beat_keeps_its_own_addressee(square: Town) -> None:
    chosen = addressed_turn(floor(square, line(PLAYER, "Hedda?"), fresh=["gossip"]))
    assert chosen == NextTurn("blacksmith", "gossip", "merchant")


# --- interruptions


@either_way
@pytest.mark.parametrize(
    ("language", "speech", "marked"),
    [
        ("en", "Marta, what does the salt cost?", True),
        ("en", "Who sells salt?", False),
        ("en", "Cassel, what of the salt?", False),
        ("ko", "마르타 님, 강소금은 얼마입니까?", True),
        ("ko", "소금은 누가 팝니까?", False),
        ("ko", "서기님, 소금은 어떻습니까?", False),
    ],
)
def test_a_word_lets_somebody_break_in(
    square: Town, choose: Choose, language: str, speech: str, marked: bool
) -> None:
    """It is an interruption only where somebody else had been addressed."""
    asked = line(PLAYER, speech)
    chosen = choose(floor(square, asked, fresh=["weather", "salt_fine"], language=language))
    assert chosen == NextTurn("clerk", "salt_fine", "merchant", interrupts=marked)


@either_way
def test_an_earlier_beat_still_breaks_in(square: Town, choose: Choose) -> None:
    heard = line("merchant", "Buy my salt!", to="blacksmith")
    chosen = choose(floor(square, heard, earlier=["salt_fine"]))
    assert chosen == NextTurn("clerk", "salt_fine", "merchant", interrupts=True)


@either_way
def test_nobody_breaks_in_upon_themselves(square: Town, choose: Choose) -> None:
    heard = line("clerk", "I was speaking of salt.", to="merchant")
    chosen = choose(floor(square, heard, fresh=["salt_fine", "weather"]))
    assert chosen == NextTurn("merchant", "weather", PLAYER)


@either_way
def test_part_of_a_word_lets_nobody_break_in(square: Town, choose: Choose) -> None:
    chosen = choose(floor(square, line(PLAYER, "Marta, is it salty?"), fresh=["salt_fine"]))
    assert chosen == NextTurn("merchant", None, PLAYER)


# --- free turn taking


def test_whoever_has_most_to_say_speaks(square: Town) -> None:
    heard = line("clerk", "The anvil was entered as new.", to=PLAYER)
    chosen = free_turn(floor(square, heard, fresh=["weather", "anvil"]))
    assert chosen == NextTurn("blacksmith", "anvil", PLAYER)


def test_an_npc_joins_in_upon_its_trade_in_korean(town: Town) -> None:
    heard = line("merchant", "이 철검은 대장간에서 벼린 칼이에요.", to=PLAYER)
    chosen = free_turn(floor(town, heard, language="ko"))
    assert chosen is not None
    assert (chosen.speaker, chosen.to) == ("blacksmith", "merchant")


def test_silence_where_nobody_has_enough_to_say(square: Town) -> None:
    heard = line("clerk", "Quadrilateral zephyrs evaporate.", to=PLAYER)
    assert free_turn(floor(square, heard, fresh=["weather", "anvil"])) is None


def test_the_player_is_always_answered(square: Town) -> None:
    chosen = free_turn(floor(square, line(PLAYER, "Quadrilateral zephyrs evaporate.")))
    assert chosen == NextTurn("merchant", None, PLAYER)


def test_an_answer_that_is_written_down_is_given(square: Town) -> None:
    """A beat of this round to whoever spoke last needs no shared word."""
    heard = line("merchant", "Quadrilateral zephyrs evaporate.", to=PLAYER)
    assert free_turn(floor(square, heard, earlier=["gossip"])) is None
    chosen = free_turn(floor(square, heard, fresh=["gossip"], present=("blacksmith", "merchant")))
    assert chosen == NextTurn("blacksmith", "gossip", "merchant")


def test_the_order_of_the_cast_breaks_a_tie(square: Town) -> None:
    asked = line(PLAYER, "Well?")
    for present in (MARKET, tuple(reversed(MARKET))):
        chosen = free_turn(floor(square, asked, present=present))
        assert chosen is not None
        assert chosen.speaker == present[0]


def test_whoever_spoke_of_late_lets_the_others_speak(square: Town) -> None:
    turns = [line("merchant", "…"), line("blacksmith", "…"), line(PLAYER, "Well?")]
    chosen = free_turn(floor(square, *turns))
    assert chosen is not None
    assert chosen.speaker == "herbalist"


def test_a_word_that_concerns_two_counts_half_for_each() -> None:
    matters = {"a": frozenset({"anvil", "baske"}), "b": frozenset({"anvil"}), "c": frozenset[str]()}
    assert relevance("the basket by the anvil", matters, "en") == {"a": 0.75, "b": 0.25, "c": 0.0}
    assert relevance("", matters, "en") == {"a": 0.0, "b": 0.0, "c": 0.0}


# --- the end of a round


def test_what_must_be_said_is_said_before_the_round_is_over(square: Town) -> None:
    heard = line("merchant", "…", to=PLAYER)
    chosen = closing_turn(floor(square, heard, fresh=["weather", "proclaim", "toll"]))
    assert chosen == NextTurn("clerk", "proclaim", None)
    chosen = closing_turn(floor(square, heard, fresh=["weather", "proclaim"], earlier=["toll"]))
    assert chosen == NextTurn("clerk", "toll", PLAYER)


def test_no_other_beat_is_said_for_its_own_sake(square: Town) -> None:
    fresh = ["weather", "basket_sale", "salt_fine", "gossip"]
    assert closing_turn(floor(square, line(PLAYER, "Oh?"), fresh=fresh, earlier=["anvil"])) is None
