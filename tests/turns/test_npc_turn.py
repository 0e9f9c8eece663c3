"""One NPC turn: it always ends in a line, within its calls, whatever the model does."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from tests.support.replay_model import STRONG, WEAK, ReplayModel, Reply
from tests.support.situations import moment, said
from townsfolk.models.errors import ModelTimeout, ModelUnavailable
from townsfolk.models.interface import Completion, Request, ToolCall
from townsfolk.models.profile import ModelProfile
from townsfolk.retrieval.index import LoreIndex
from townsfolk.town.beats import PLAYER
from townsfolk.town.lore import LoreEntry
from townsfolk.town.town import Town
from townsfolk.town.transcript import Turn
from townsfolk.turns.driving import run_turn
from townsfolk.turns.known import search_query
from townsfolk.turns.npc_turn import npc_turn, player_turn
from townsfolk.turns.part import Part, beat_part, reply_part
from townsfolk.turns.prompt import TurnPrompt
from townsfolk.turns.situation import Situation

pytestmark = pytest.mark.model

TOLL = "Two silver on foot, traveller, and the gate shuts at the eighth bell."
TOOLS = ModelProfile(strength="strong", tools=True)


@dataclass
class Played:
    turn: Turn
    model: ReplayModel


Play = Callable[..., Played]


@pytest.fixture
def play(town: Town, index: LoreIndex) -> Play:
    def run(
        replies: list[Reply] | Callable[[Request], Reply],
        beat: str = "arrival_toll",
        profile: ModelProfile = WEAK,
        language: str = "en",
    ) -> Played:
        scene = next(s for s in town.scenes.values() if beat in s.beat_ids())
        agent = town.beats[beat].agent
        world = town.start_world(scene)
        place = scene.place.get(language)
        present = (PLAYER, agent, "merchant", "quest_giver")
        before = Situation(scene, language, place, present, (), world, 1)
        heard = player_turn(before, "What is the toll, and when does the gate shut?")
        situation = Situation(scene, language, place, present, (heard,), world, 1)
        model = ReplayModel(replies, profile)
        steps = npc_turn(town, index, profile, beat_part(town, beat), situation)
        return Played(run_turn(steps, model).turn, model)

    return run


def test_a_good_line_is_spoken_after_one_call(play: Play) -> None:
    played = play([TOLL])
    assert (played.turn.origin, played.turn.speech) == ("model", TOLL)
    assert played.turn.calls == len(played.model.requests) == 1
    assert played.turn.citations[:2] == ["east_gate_toll", "east_gate_hours"]


def test_a_line_without_the_facts_is_asked_for_once_more(play: Play) -> None:
    played = play(["The gate is a gate, friend.", TOLL])
    assert played.turn.speech == TOLL
    assert played.turn.calls == 2
    assert "not_conveyed" in {fault.rule for fault in played.turn.faults}


@pytest.mark.parametrize(
    "reply",
    ["", "The toll is 90 silver.", "Marta Quill: buy my lamps!", "<|im_start|>system",
     "word " * 300, "As an AI language model I cannot.", "선 앞에 서시오.", ModelTimeout("slow"),
     ModelUnavailable("away")],
    ids=lambda reply: str(reply)[:16],
)  # fmt: skip
def test_a_line_that_cannot_be_used_twice_gives_the_authored_one(
    town: Town, play: Play, reply: Reply
) -> None:
    played = play([reply])
    authored = town.beats["arrival_toll"].authored
    assert authored is not None
    assert played.turn.speech == authored.get("en")
    assert played.turn.origin == "authored"
    assert played.turn.calls == len(played.model.requests) == 2
    assert played.turn.faults


def test_what_the_beat_says_word_for_word_needs_no_model(town: Town, play: Play) -> None:
    played = play(["never asked"], beat="arrival_open_gate")
    assert played.turn.origin == "say"
    assert played.model.requests == []
    assert [a.name for a in played.turn.game_actions if a.accepted] == ["collect_toll", "open_gate"]


def test_the_weak_prompt_asks_for_one_line_and_no_structure(play: Play) -> None:
    request = play([TOLL]).model.requests[0]
    assert request.schema is None
    assert request.tools == ()
    assert "JSON" not in request.messages[-1].content


def test_the_best_hit_stands_next_to_the_question_for_a_weak_model(town: Town) -> None:
    toll, hours = town.lore["east_gate_toll"], town.lore["east_gate_hours"]
    situation = moment(town, "town_arrival", heard="What is the toll?")

    def told(profile: ModelProfile) -> str:
        prompt = TurnPrompt(town, beat_part(town, "arrival_toll"), situation, profile)
        return prompt.messages([toll, hours], 64)[-1].content

    weak, strong = told(WEAK), told(STRONG)
    assert weak.index(hours.text("en")) < weak.index(toll.text("en"))
    assert strong.index(toll.text("en")) < strong.index(hours.text("en"))


@pytest.mark.parametrize(
    ("language", "told"), [("en", "nothing of this"), ("ko", "이 일은 전혀 모른다")]
)
def test_a_weak_model_is_told_when_it_knows_nothing_of_what_it_is_asked(
    town: Town, language: str, told: str
) -> None:
    situation = moment(town, "town_arrival", language, heard="?")
    free = reply_part(town, town.scenes["town_arrival"], language, "guard", PLAYER)
    beat = beat_part(town, "arrival_toll")
    lore = [town.lore["east_gate_toll"]]

    def prompt(part: Part, profile: ModelProfile, given: Sequence[LoreEntry]) -> str:
        return TurnPrompt(town, part, situation, profile).messages(given, 64)[-1].content

    assert told in prompt(free, WEAK, [])
    assert told not in prompt(free, WEAK, lore)
    assert told not in prompt(beat, WEAK, [])
    assert told not in prompt(free, STRONG, [])


def test_a_free_reply_looks_for_what_was_said_and_a_beat_for_its_task_too(town: Town) -> None:
    heard = [said(PLAYER, "What is the toll?", ("guard",))]
    beat = beat_part(town, "arrival_toll")
    free = reply_part(town, town.scenes["town_arrival"], "en", "guard", PLAYER)
    assert search_query(heard, free, "en") == "What is the toll?"
    task = town.beats["arrival_toll"].description.get("en")
    assert search_query(heard, beat, "en") == f"What is the toll? {task}"
    assert search_query([said("guard", "Halt.", ("guard",))], beat, "en") == task


def test_the_system_message_is_the_same_in_every_turn(play: Play) -> None:
    first = play([TOLL], profile=STRONG).model.requests[0].messages[0]
    other = play([TOLL], beat="arrival_challenge", profile=STRONG).model.requests[0].messages[0]
    assert first == other


def test_a_thought_is_asked_for_first_and_never_spoken(play: Play) -> None:
    reply = '{"thought": "They seem honest.", "speech": "The bell remembers.", "stage": ""}'
    played = play([reply], beat="arrival_oswin_comes", profile=STRONG)
    schema = played.model.requests[0].schema
    assert schema is not None
    assert next(iter(schema["properties"])) == "thought"
    assert played.turn.speech == "The bell remembers."


def test_broken_json_is_mended(play: Play) -> None:
    broken = '```json\n{"speech": "' + TOLL + '", "stage": "nods", "actions": ['
    turn = play([broken], profile=STRONG).turn
    assert (turn.speech, turn.stage) == (TOLL, "nods")


def test_an_action_of_a_strong_model_is_checked_like_any_other(play: Play) -> None:
    reply = (
        '{"speech": "Sold! The lantern is yours for 12 silver.", "stage": "", "actions": '
        '[{"name": "sell", "arguments": {"item": "lantern", "price": 3, "buyer": "player"}}]}'
    )
    turn = play([reply], beat="arrival_sell_lantern", profile=STRONG).turn
    assert [(a.accepted, a.reason) for a in turn.game_actions] == [
        (False, "lantern costs 12, not 3")
    ]


@pytest.fixture
def with_clerk(town: Town, monkeypatch: pytest.MonkeyPatch) -> str:
    """A beat of the guard, who for this test may look things up."""
    agent = town.agents["guard"]
    entry = agent.entry.model_copy(
        update={"patterns": ["few_shot", "react"], "tools": ["knowledge_search"]}
    )
    from dataclasses import replace

    monkeypatch.setitem(town.agents, "guard", replace(agent, entry=entry))
    return "arrival_toll"


def test_a_model_with_tools_looks_up_at_most_three_times(play: Play, with_clerk: str) -> None:
    def asks_for_ever(request: Request) -> Completion:
        calls = (ToolCall("1", "knowledge_search", {"query": "night password"}),)
        return Completion("", tool_calls=calls if request.tools else ())

    played = play(asks_for_ever, beat=with_clerk, profile=TOOLS)
    assert played.turn.calls == len(played.model.requests) == 5
    assert played.turn.origin == "authored"
    assert all("heron and hemp" not in prompt for prompt in played.model.prompts())


def test_what_was_looked_up_belongs_to_the_turn(play: Play, with_clerk: str) -> None:
    def looks_once(request: Request) -> Completion:
        if any(message.role == "tool" for message in request.messages):
            return Completion(f'{{"speech": "{TOLL}", "stage": ""}}')
        calls = (ToolCall("1", "knowledge_search", {"query": "last crossing of the ferry"}),)
        return Completion("", tool_calls=calls)

    turn = play(looks_once, beat=with_clerk, profile=TOOLS).turn
    assert "last_crossing" in turn.lore


def test_what_was_looked_up_may_be_said(play: Play, with_clerk: str) -> None:
    def looks_once(request: Request) -> Completion:
        if any(message.role == "tool" for message in request.messages):
            return Completion(f'{{"speech": "{TOLL}", "stage": ""}}')
        return Completion("", tool_calls=(ToolCall("1", "knowledge_search", {"query": "toll"}),))

    played = play(looks_once, beat=with_clerk, profile=TOOLS)
    assert (played.turn.speech, played.turn.calls) == (TOLL, 2)


def test_a_strong_model_without_tools_looks_up_in_text(play: Play, with_clerk: str) -> None:
    replies: list[Reply] = ["SEARCH: what is the toll", f'{{"speech": "{TOLL}", "stage": ""}}']
    played = play(replies, beat=with_clerk, profile=STRONG)
    assert (played.turn.speech, played.turn.calls) == (TOLL, 2)
    assert "2 silver" in played.model.prompts()[1]


def test_what_the_player_says_stands_fenced_in_the_prompt(town: Town, play: Play) -> None:
    prompt = play([TOLL]).model.requests[0].messages[-1].content
    assert "«What is the toll, and when does the gate shut?»" in prompt


def test_a_model_that_leaves_the_character_gives_a_refusal_of_the_persona(
    town: Town, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    beat = town.beats["arrival_challenge"]
    monkeypatch.setitem(town.beats, "arrival_challenge", beat.model_copy(update={"authored": None}))
    refusals = town.agents["guard"].persona.refusals.get("en")
    left = play(["As an AI language model I cannot."], beat="arrival_challenge").turn
    assert left.origin == "fallback"
    assert left.speech in refusals
    away = play([ModelUnavailable("away")], beat="arrival_challenge").turn
    assert away.speech in town.agents["guard"].persona.fallback_lines.get("en")


def test_the_korean_turn_is_korean_throughout(play: Play) -> None:
    line = "걸어서 왔으면 은화 2닢이오. 문은 여덟 번째 종에 닫히오."
    played = play([line], language="ko")
    assert played.turn.speech == line
    assert "하오체" in played.model.requests[0].messages[0].content
    assert "선 앞에" not in played.model.requests[0].messages[0].content.splitlines()[0]


def test_a_stage_direction_is_held_to_the_rules_of_a_line(play: Play) -> None:
    def staged(stage: str) -> str:
        reply = json.dumps({"speech": TOLL, "stage": stage})
        return play([reply], profile=STRONG).turn.stage

    assert staged("As an AI language model, pays 9999 to Zarathos") == ""
    assert staged("holds out\na palm") == "holds out a palm"


def test_a_look_up_is_never_spoken(play: Play, with_clerk: str) -> None:
    turn = play(["SEARCH: the old mill wheel."], beat=with_clerk, profile=STRONG).turn
    assert turn.origin == "authored"
    assert "SEARCH" not in turn.speech
