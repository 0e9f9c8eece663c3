"""The figures of a run, against what can be counted by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from tests.support.episodes import run
from tests.support.report_run import answer, ask, conversation, failed
from townsfolk.simulations.report.figures import Figures, as_json, figures_of
from townsfolk.simulations.report.ranking import UnknownScore
from townsfolk.store.records import Episode, Score
from townsfolk.town.transcript import Fault, Turn

RUN = run(planned=4)


def figures(*episodes: Episode, by: str | None = None, strict: bool = False) -> Figures:
    return figures_of(RUN, episodes, by, strict)


def timed(*seconds: float) -> Sequence[Turn]:
    """A conversation whose NPC lines took so long."""
    return [turn for one in seconds for turn in (ask(), answer(seconds=one))]


def test_the_head_counts_the_whole_run() -> None:
    head = figures(
        conversation(RUN, "a", [ask(), answer(), ask(), answer(origin="fallback")]),
        conversation(RUN, "b", [ask(), answer(origin="say")], language="ko"),
        failed(RUN, "c", "no answer"),
    ).head
    assert (head.finished, head.failed, head.stopped, head.planned) == (2, 1, 0, 4)
    assert head.turns == 6
    assert head.origins == {"model": 1, "authored": 0, "fallback": 1, "say": 1}
    assert (head.prompt_tokens, head.completion_tokens) == (200, 20)
    assert head.seconds == 6.0
    assert head.models == ("tiny",)
    assert head.languages == ("en", "ko")


def test_a_score_of_zeros_and_ones_is_a_share() -> None:
    reached = [1.0] * 8 + [0.0] * 2
    (score,) = figures(
        *(
            conversation(RUN, str(n), timed(1), {"goal_reached": value})
            for n, value in enumerate(reached)
        )
    ).scores
    assert score.share is not None
    assert (score.share.count, score.share.n) == (8, 10)
    assert score.share.low == pytest.approx(0.4902, abs=1e-4)
    assert score.share.high == pytest.approx(0.9433, abs=1e-4)


def test_a_count_is_no_share_though_it_be_zero_or_one() -> None:
    (score,) = figures(
        conversation(RUN, "a", timed(1), {"player_errors": 0}),
        conversation(RUN, "b", timed(1), {"player_errors": 1}, errors="does_not_end: 5 lines"),
    ).scores
    assert score.share is None
    assert score.spread.mean == 0.5


def test_a_goal_against_the_npc_is_counted_apart() -> None:
    found = figures(
        conversation(RUN, "a", timed(1), {"goal_reached": 1}, goal="buy"),
        conversation(RUN, "b", timed(1), {"goal_reached": 0}, goal="secret", player="spy"),
        conversation(RUN, "c", timed(1), {"goal_reached": 1}, goal="break_character", player="spy"),
    )
    assert [(score.name, score.spread.mean) for score in found.scores] == [
        ("goal_reached", 1.0),
        ("goal_against_npc", 0.5),
    ]
    spy = next(player for player in found.players if player.id == "spy")
    assert spy.reached is not None
    assert spy.reached.share == 0.5


def test_a_later_score_is_shown_too() -> None:
    (score,) = figures(
        conversation(RUN, "a", timed(1), {"warmth": 0.25}),
        conversation(RUN, "b", timed(1), {"warmth": 0.75}),
    ).scores
    assert (score.name, score.unit, score.spread.median) == ("warmth", "", 0.5)


def test_scores_of_two_evaluators_are_not_mixed() -> None:
    both = conversation(RUN, "a", timed(1))
    both = Episode(
        both.run_id, both.key, both.player, both.transcript, both.seconds, both.finished_at,
        scores=(Score("warmth", 0.2, "", "rules", "1"), Score("warmth", 0.8, "", "judge", "3")),
    )  # fmt: skip
    assert [(score.name, score.spread.mean) for score in figures(both).scores] == [
        ("warmth (judge 3)", 0.8),
        ("warmth (rules 1)", 0.2),
    ]


def test_scores_of_turns_and_what_is_no_number_are_no_scores_of_episodes() -> None:
    odd = conversation(RUN, "a", timed(1), {"warmth": float("nan")})
    odd = Episode(
        odd.run_id, odd.key, odd.player, odd.transcript, odd.seconds, odd.finished_at,
        scores=(*odd.scores, Score("response_time", 1.0, "", "speed", "1", turn=2)),
    )  # fmt: skip
    assert figures(odd).scores == ()


def test_an_npc_has_the_means_of_the_episodes_in_which_it_speaks() -> None:
    found = figures(
        conversation(RUN, "a", [ask(), answer(npc="guard")], {"goal_reached": 1}),
        conversation(
            RUN, "b", [ask(), answer(npc="guard"), answer(npc="clerk", origin="fallback")],
            {"goal_reached": 0},
        ),
    )  # fmt: skip
    clerk, guard = found.npcs
    assert (clerk.id, clerk.episodes, clerk.means) == ("clerk", 1, {"goal_reached": 0.0})
    assert (guard.id, guard.episodes, guard.means) == ("guard", 2, {"goal_reached": 0.5})
    assert clerk.replaced is not None
    assert clerk.replaced.share == 1.0
    assert guard.replaced is not None
    assert guard.replaced.share == 0.0


def test_a_player_has_what_it_did() -> None:
    found = figures(
        conversation(
            RUN, "a",
            [ask("one two", "greet"), answer(), ask("one two three four", "haggle"), answer()],
            {"goal_reached": 1, "gave_up": 0},
        ),
        conversation(
            RUN, "b", [ask("안녕하시오 문지기", "haggle"), answer()],
            {"goal_reached": 0, "gave_up": 1},
        ),
    )  # fmt: skip
    (player,) = found.players
    assert (player.episodes, player.lines) == (2, 1.5)
    assert player.words == pytest.approx(8 / 3)
    assert [intent for intent, _ in player.intents] == ["haggle", "greet"]
    assert [share for _, share in player.intents] == pytest.approx([2 / 3, 1 / 3])
    assert player.reached is not None
    assert player.reached.share == 0.5
    assert player.gave_up is not None
    assert player.gave_up.share == 0.5


def test_the_first_second_and_third_answers_are_looked_at_apart() -> None:
    first, second = figures(
        conversation(RUN, "a", [ask(), answer(seconds=1), ask(), answer(origin="fallback")]),
        conversation(RUN, "b", [ask(), answer(seconds=3)]),
    ).turns
    assert (first.number, second.number) == (1, 2)
    assert first.response_time is not None
    assert (first.response_time.n, first.response_time.mean) == (2, 2.0)
    assert first.replaced is not None
    assert (first.replaced.n, first.replaced.count) == (2, 0)
    assert second.replaced is not None
    assert (second.replaced.n, second.replaced.count) == (1, 1)


def test_what_is_said_as_written_is_not_timed() -> None:
    (answered,) = figures(
        conversation(RUN, "a", [answer(origin="say", seconds=0), answer(seconds=2)])
    ).turns
    assert answered.number == 2
    assert answered.response_time is not None
    assert answered.response_time.mean == 2


def test_latencies_have_percentiles_and_the_search_counts_before_the_first_token() -> None:
    found = figures(conversation(RUN, "a", timed(*range(1, 102)))).latencies
    response, first, retrieval = found
    assert (response.name, response.n) == ("response time", 101)
    assert (response.p50, response.p90, response.p95, response.p99) == (51, 91, 96, 100)
    assert first.p50 == 0.75
    assert retrieval.p50 == 0.5


def test_an_ecdf_rises_to_one_and_stays_short() -> None:
    response = figures(conversation(RUN, "a", timed(*range(1, 1001)))).latencies[0]
    assert response.ecdf[0] == (1, 0.001)
    assert response.ecdf[-1] == (1000, 1.0)
    assert len(response.ecdf) < 150
    assert sorted(response.ecdf) == [*response.ecdf]


def test_no_time_to_first_token_where_the_model_does_not_stream() -> None:
    found = figures(conversation(RUN, "a", [ask(), answer(first=None)])).latencies
    assert [one.name for one in found] == ["response time", "retrieval"]


def test_faults_are_counted_by_rule_and_npc() -> None:
    off_topic, language = Fault(rule="off_topic", detail="0%"), Fault(rule="language")
    faults = figures(
        conversation(RUN, "a", [answer(), answer("It rains.", faults=[off_topic, language])]),
        conversation(RUN, "b", [answer(npc="clerk", faults=[off_topic]), answer(origin="say")]),
    ).faults
    assert faults.turns is not None
    assert (faults.turns.count, faults.turns.n) == (2, 3)
    assert [(rule.rule, rule.count, rule.by_npc) for rule in faults.rules] == [
        ("off_topic", 2, {"clerk": 1, "guard": 1}),
        ("language", 1, {"guard": 1}),
    ]
    example = faults.rules[0].examples[0]
    assert (example.speech, example.detail, example.number) == ("It rains.", "0%", 2)


def test_examples_of_a_fault_are_few_and_of_several_episodes() -> None:
    faulty = [answer(faults=[Fault(rule="language")]) for _ in range(4)]
    (rule,) = figures(*(conversation(RUN, str(n), faulty) for n in range(9))).faults.rules
    assert rule.count == 36
    assert len({example.episode for example in rule.examples}) == len(rule.examples) == 3


def test_player_errors_are_counted_by_kind() -> None:
    told = "tells_answer: states the key facts of toll; repeats_itself: the same line; again"
    errors = figures(
        conversation(RUN, "a", timed(1), {"player_errors": 2}, errors=told),
        conversation(
            RUN, "b", timed(1), {"player_errors": 1}, errors="repeats_itself: x", player="child"
        ),
        conversation(RUN, "c", timed(1), {"player_errors": 0}),
    ).player_errors
    assert errors.episodes is not None
    assert (errors.episodes.count, errors.episodes.n) == (2, 3)
    assert [(kind.kind, kind.count, kind.by_player) for kind in errors.kinds] == [
        ("repeats_itself", 2, {"child": 1, "haggler": 1}),
        ("tells_answer", 1, {"haggler": 1}),
    ]
    assert errors.kinds[0].examples[0][1] == "the same line; again"
    assert errors.kinds[1].examples[0][1] == "states the key facts of toll"


def test_episodes_with_player_errors_can_be_left_out() -> None:
    found = figures(
        conversation(RUN, "a", timed(9), {"player_errors": 1}, errors="does_not_end: 5 lines"),
        conversation(RUN, "b", timed(1), {"player_errors": 0}),
        strict=True,
    )
    assert found.head.left_out == 1
    assert found.head.finished == 2
    assert found.latencies[0].n == 1
    assert found.player_errors.kinds[0].kind == "does_not_end"
    assert [*found.ranking.best, *found.ranking.worst] == [conversation(RUN, "b").id]


def test_failures_that_differ_in_numbers_only_are_one_reason() -> None:
    found = figures(
        failed(RUN, "a", "no answer within 30.5 seconds"),
        failed(RUN, "b", "no answer within 61 seconds"),
        failed(RUN, "c", "the model is not there"),
    )
    assert [(one.reason, one.count) for one in found.failures] == [
        ("no answer within 30.5 seconds", 2),
        ("the model is not there", 1),
    ]
    assert found.failures[0].episodes == (failed(RUN, "a", "").id, failed(RUN, "b", "").id)
    assert found.npcs == ()
    assert found.ranking.best == ()


def test_a_good_end_comes_first_then_few_faults_then_speed() -> None:
    faulty = [ask(), answer(faults=[Fault(rule="language")])]
    episodes = {
        "secret kept": conversation(RUN, "a", timed(2), {"goal_reached": 0}, goal="secret"),
        "reached fast": conversation(RUN, "b", timed(1), {"goal_reached": 1}),
        "reached, a fault": conversation(RUN, "c", faulty, {"goal_reached": 1}),
        "secret told": conversation(RUN, "d", timed(1), {"goal_reached": 1}, goal="secret"),
    }
    names = {episode.id: name for name, episode in episodes.items()}
    ranking = figures(*episodes.values()).ranking
    assert [names[one] for one in ranking.best] == ["reached fast", "secret kept"]
    assert [names[one] for one in ranking.worst] == ["secret told", "reached, a fault"]


def test_a_score_can_rank_the_episodes() -> None:
    episodes = [conversation(RUN, str(n), timed(1), {"calls": n, "warmth": n}) for n in range(20)]
    ids = [episode.id for episode in episodes]
    cheap = figures(*episodes, by="calls").ranking
    assert list(cheap.best) == ids[:5]
    assert list(cheap.worst) == ids[:14:-1]
    assert list(figures(*episodes, by="warmth").ranking.best) == ids[:14:-1]
    assert "calls (lowest first)" in cheap.by


def test_an_unknown_score_is_told_with_those_that_there_are() -> None:
    with pytest.raises(
        UnknownScore, match=r"'warmht'.*there are: warmth, calls; did you mean 'warmth'"
    ):
        figures(conversation(RUN, "a", timed(1), {"calls": 1, "warmth": 1}), by="warmht")
    with pytest.raises(UnknownScore, match="no scores: leave --by out"):
        figures(conversation(RUN, "a", timed(1)), by="warmth")


def test_an_empty_run_has_no_figures() -> None:
    found = figures()
    assert (found.head.finished, found.scores, found.npcs, found.turns) == (0, (), (), ())
    assert found.faults.turns is None
    assert found.player_errors.episodes is None


def test_the_figures_are_json() -> None:
    told = json.loads(json.dumps(as_json(figures(conversation(RUN, "a", timed(1), {"calls": 1})))))
    assert told["scores"][0]["spread"]["mean"] == 1
    assert told["ranking"]["best"] == [conversation(RUN, "a").id]
