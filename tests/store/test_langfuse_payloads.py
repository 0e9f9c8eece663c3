"""What an episode becomes in Langfuse: a session, a trace for each NPC line, scores."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.support.episodes import NOW, episode, run
from townsfolk.store.langfuse.score_configs import fault_of
from townsfolk.store.langfuse.scores import score_events
from townsfolk.store.records import Episode, Score
from townsfolk.store.tracing import otlp
from townsfolk.store.tracing.clock import moment_of, seconds_of, turn_times
from townsfolk.store.tracing.identity import observation_id, trace_id
from townsfolk.store.tracing.otlp import messages
from townsfolk.store.tracing.traces import Trace, traces
from townsfolk.town.transcript import CrewSpan, GameAction, Timing, Turn

BEGAN = seconds_of(NOW)


def full() -> Episode:
    """The player asks, the guard answers with all that a turn can have."""
    one = episode(run(), "a")
    _, answered = one.transcript.turns
    answered.lore, answered.prompt_tokens, answered.completion_tokens = ["gate#toll"], 300, 20
    answered.game_actions = [
        GameAction(name="open_gate", arguments={"문": "북쪽"}),
        GameAction(name="sell", accepted=False, reason="needs: a ware"),
    ]
    answered.timing = Timing(
        began=BEGAN + 2, seconds=1.5, first_token_seconds=0.25, retrieval_seconds=0.5
    )
    return one


def only_trace(one: Episode) -> Trace:
    (trace,) = traces(run(), one)
    return trace


def decoded(trace: Trace) -> list[ExportTraceServiceRequest]:
    found = [message for _, message in messages(trace, "staging")]
    return [ExportTraceServiceRequest.FromString(message) for message in found]


def test_ids_are_those_of_langfuses_own_seeds() -> None:
    assert trace_id("e", 2) == sha256(b"e:2").digest()[:16].hex()
    assert observation_id("e", 2, "turn") == sha256(b"e:2:turn").digest()[:8].hex()
    assert trace_id("e", 2) != trace_id("e", 12)


def test_each_line_of_an_npc_is_a_trace_and_the_players_are_their_input() -> None:
    trace = only_trace(full())
    assert (trace.turn, trace.name, trace.user) == (2, "guard", "haggler")
    assert trace.session == full().id
    assert trace.tags == (
        "scene:town_arrival", "npc:guard", "language:ko", "model:tiny", "run:evening",
        "player:haggler",
    )  # fmt: skip
    root = trace.observations[0]
    assert (root.name, root.input, root.output) == ("turn", "통행세가 얼마요?", "은화 2닢이오.")


def test_what_crewai_did_for_a_turn_is_in_its_trace() -> None:
    one = full()
    one.transcript.turns[1].beat = "toll"
    one.transcript.crew = [
        CrewSpan(name="task", task="toll", began=BEGAN + 1.9, seconds=1.7),
        CrewSpan(name="agent", task="toll", began=BEGAN + 1.9, seconds=1.6),
        CrewSpan(name="llm_call", task="toll", began=BEGAN + 2.5, seconds=1, error="timed out"),
        CrewSpan(name="task", task="farewell", began=BEGAN + 2, seconds=1),
        # The same beat in another round.
        CrewSpan(name="task", task="toll", began=BEGAN + 60, seconds=1),
    ]
    found = [part for part in only_trace(one).observations if part.part.startswith("crew:")]
    assert [(part.kind, part.name, part.warning) for part in found] == [
        ("chain", "crewai.task", ""),
        ("agent", "crewai.agent", ""),
        ("span", "crewai.llm_call", "timed out"),
    ]
    assert found[0].times.start == BEGAN + 1.9
    assert found[0].metadata == {"task": "toll"}


def test_a_turn_has_an_observation_for_each_part_of_the_work() -> None:
    parts = {part.part: part for part in only_trace(full()).observations}
    assert [part.kind for part in parts.values()] == [
        "span", "retriever", "generation", "guardrail", "tool", "tool", "evaluator",
    ]  # fmt: skip
    assert parts["retriever"].output == '["gate#toll"]'
    assert parts["retriever"].times.end == BEGAN + 2.5
    generation = parts["generation"]
    assert generation.metadata == {"calls": "2"}
    # The model's own line was not spoken.
    assert generation.output == ""
    used = json.loads(generation.more["langfuse.observation.usage_details"])
    assert used == {"input": 300, "output": 20, "total": 320}
    first = generation.more["langfuse.observation.completion_start_time"]
    assert first == "2026-11-23T10:00:02.750Z"
    guardrail = parts["guardrail:0"]
    assert (guardrail.name, guardrail.warning) == ("off_topic", "0%")
    assert guardrail.metadata == {"origin": "authored"}
    assert parts["tool:0"].input == '{"문": "북쪽"}'
    assert (parts["tool:1"].output, parts["tool:1"].warning) == ("refused", "needs: a ware")
    evaluator = parts["score:response_time:clock:1"]
    assert json.loads(evaluator.output) == {"value": 1.5, "reason": ""}


def test_what_nobody_did_has_no_observation() -> None:
    one = full()
    one.transcript.turns[1] = Turn(
        number=2, speaker="guard", name="도란", speech="흠.", origin="say"
    )
    parts = only_trace(replace(one, scores=())).observations
    assert [part.kind for part in parts] == ["span"]


def test_turns_that_nobody_timed_follow_each_other() -> None:
    one = full()
    one.transcript.turns[0].timing = Timing(seconds=1.0)
    one.transcript.turns[1].timing = Timing(seconds=2.0)
    times = turn_times(one)
    assert (times[1].start, times[1].end) == (BEGAN, BEGAN + 1)
    assert (times[2].start, times[2].end) == (BEGAN + 1, BEGAN + 3)


def test_an_episode_without_a_time_has_that_of_its_end() -> None:
    one = full()
    one.transcript.started_at = ""
    one.transcript.turns[1].timing = Timing()
    assert turn_times(one)[2].start == BEGAN
    assert moment_of(BEGAN) == "2026-11-23T10:00:00.000Z"


def test_spans_say_what_langfuse_reads() -> None:
    work, _scored = sorted(decoded(only_trace(full())), key=lambda m: -m.ByteSize())
    (resource,) = work.resource_spans
    spans = resource.scope_spans[0].spans
    root, *others = spans
    assert root.trace_id.hex() == trace_id(full().id, 2)
    assert {span.parent_span_id for span in others} == {root.span_id}
    assert root.start_time_unix_nano == round((BEGAN + 2) * 1e9)
    assert root.end_time_unix_nano == round((BEGAN + 3.5) * 1e9)
    for span in spans:
        # Newer servers keep what is of the trace with each span.
        said = {a.key: a.value.string_value for a in span.attributes}
        assert said["langfuse.trace.name"] == "guard"
        assert said["session.id"] == full().id
        assert said["user.id"] == "haggler"
        assert said["langfuse.environment"] == "staging"
        assert said["langfuse.release"] == "0.1.0"
        assert said["langfuse.version"] == "npc-turn/4"
        assert said["langfuse.trace.metadata.run"] == "run-evening"
    kinds = {a.value.string_value for s in spans for a in s.attributes if a.key.endswith(".type")}
    assert kinds == {"span", "retriever", "generation", "guardrail", "tool"}


def test_half_a_character_keeps_no_line_from_being_sent() -> None:
    one = full()
    one.transcript.turns[1].speech = "웃음 \ud83d"
    (work, _) = sorted(decoded(only_trace(one)), key=lambda m: -m.ByteSize())
    spans = work.resource_spans[0].scope_spans[0].spans
    said = {a.key: a.value.string_value for a in spans[0].attributes}
    assert said["langfuse.observation.output"] == "웃음 ?"
    scored = replace(one, scores=(Score("x", 1.0, "\ud83d", "judge", "1"),))
    (event,) = score_events(scored, "default")
    assert json.loads(event.payload)["body"]["comment"] == "?"


def test_a_large_trace_becomes_several_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = {key for key, _ in messages(only_trace(full()), "default")}
    monkeypatch.setattr(otlp, "LARGEST_MESSAGE", 1500)
    parts = dict(messages(only_trace(full()), "default"))
    assert len(parts) > len(whole)
    assert "0" in parts
    joined = ExportTraceServiceRequest.FromString(b"".join(parts.values()))
    spans = [s for r in joined.resource_spans for s in r.scope_spans[0].spans]
    assert len({span.span_id for span in spans}) == len(spans) == 7


def test_a_score_that_comes_later_leaves_the_other_messages_as_they_were() -> None:
    before = dict(messages(only_trace(full()), "default"))
    more = Score("rag_relevance", 0.9, "", "judge", "1", turn=2)
    after = dict(messages(only_trace(replace(full(), scores=(*full().scores, more))), "default"))
    assert before.items() < after.items()
    assert len(after) == len(before) + 1


def test_scores_are_of_the_trace_of_their_turn_or_of_the_session() -> None:
    of_player = Score("effort", 1.0, "", "rules", "1", turn=1)
    one = replace(full(), scores=(*full().scores, of_player))
    turn, session, player = [json.loads(e.payload) for e in score_events(one, "default")]
    assert turn["type"] == "score-create"
    assert turn["body"]["traceId"] == trace_id(one.id, 2)
    assert turn["body"]["dataType"] == "NUMERIC"
    assert turn["timestamp"] == "2026-11-23T10:00:03.500Z"
    assert session["body"]["sessionId"] == one.id
    assert session["body"]["comment"] == "짧다"
    assert session["body"]["metadata"]["evaluator"] == "rules"
    # The player's line has no trace.
    assert player["body"]["sessionId"] == one.id
    assert player["body"]["metadata"]["turn"] == 1


def test_another_value_is_another_event_of_the_same_score() -> None:
    one = full()
    (first, _), (other, _) = (
        list(score_events(e, "default"))
        for e in (one, replace(one, scores=(replace(one.scores[0], value=9.0), one.scores[1])))
    )
    assert first.id == other.id
    assert first.event_id != other.event_id


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("satisfaction", 1.0, ""),
        ("satisfaction", 1.5, "the score satisfaction is 1.5; allowed is 0 to 1"),
        ("response_time", -1.0, "the score response_time is -1; allowed is 0 to inf"),
        ("goal_reached", 1.0, ""),
        ("goal_reached", 0.5, "the score goal_reached is 0.5; allowed are 0 and 1"),
        ("a_name_of_ones_own", -1e9, ""),
        ("a_name_of_ones_own", float("nan"), "the score a_name_of_ones_own is nan"),
    ],
)
def test_a_value_that_would_be_dropped_is_told(name: str, value: float, told: str) -> None:
    found = fault_of(Score(name, value, "", "rules", "1"))
    assert found.startswith(told)
    assert bool(found) == bool(told)
