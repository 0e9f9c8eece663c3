"""What a line claims to do, and what is left of it when the world does not agree."""

from __future__ import annotations

import pytest

from tests.support.situations import moment
from townsfolk.town.beats import PLAYER
from townsfolk.town.town import Town
from townsfolk.turns.claims import claims, derive_actions, without_claims
from townsfolk.turns.part import reply_part


@pytest.mark.parametrize(
    ("line", "language", "claimed"),
    [
        ("The gate is open.", "en", True),
        ("Pass on. I open the gate for you.", "en", True),
        ("I will not open the gate.", "en", False),
        ("I won't open the gate tonight.", "en", False),
        ("If you pay the toll, I open the gate.", "en", False),
        ("No, friend, the gate is open.", "en", True),
        ("문을 열겠소.", "ko", True),
        ("들어가시오. 이제 문을 열어 주겠소.", "ko", True),
        ("문을 열어 주지 않소.", "ko", False),
        ("문을 열어 줄 수 없소.", "ko", False),
        ("통행세를 낸다면 문을 열겠소.", "ko", False),
    ],
)
def test_what_is_denied_or_only_imagined_is_not_claimed(
    town: Town, line: str, language: str, claimed: bool
) -> None:
    assert claims(line, town.actions["open_gate"], language) is claimed


def test_a_refusal_is_a_claim_though_it_denies_something(town: Town) -> None:
    assert claims("Nobody enters after the eighth bell.", town.actions["refuse_entry"], "en")
    assert claims("아무도 들이지 않소.", town.actions["refuse_entry"], "ko")


@pytest.mark.parametrize(
    ("line", "language", "left"),
    [
        (
            "The lantern is 12 silver. Sold! Mind the glass.",
            "en",
            "The lantern is 12 silver. Mind the glass. But the silver comes first.",
        ),
        (
            "등불은 은화 12닢이에요. 팔았어요! 유리 조심하세요.",
            "ko",
            "등불은 은화 12닢이에요. 유리 조심하세요. 다만 은화가 먼저.",
        ),
    ],
)
def test_what_did_not_happen_is_taken_out_of_the_line(
    town: Town, line: str, language: str, left: str
) -> None:
    assert without_claims(line, [town.actions["sell"]], language) == left


@pytest.mark.parametrize(
    ("heard", "names"),
    [("I'll take the oak shield.", ["sell"]), ("That is a fine oak shield.", [])],
)
def test_a_free_reply_sells_only_what_was_asked_for(
    town: Town, heard: str, names: list[str]
) -> None:
    part = reply_part(town, town.scenes["market_haggling"], "en", "merchant", PLAYER)
    situation = moment(town, "market_haggling", heard=heard)
    derived = derive_actions(town, part, situation, "Done, the oak shield for you.")
    assert [name for name, _ in derived if name == "sell"] == names
