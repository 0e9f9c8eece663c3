"""The page of a report: whole, escaped, and without anything from elsewhere."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.support.episodes import run
from tests.support.report_run import answer, ask, conversation, failed
from townsfolk.simulations.report.figures import figures_of
from townsfolk.simulations.report.page import PageError, page, write_page
from townsfolk.store.records import Episode, Run
from townsfolk.town.transcript import Fault, GameAction

HOSTILE = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>"
RUN = run("evening", planned=3)


def page_of(*episodes: Episode, of: Run = RUN, by: str | None = None) -> str:
    figures = figures_of(of, episodes, by)
    found = {episode.id: episode for episode in episodes}
    ranking = figures.ranking
    return page(figures, [found[name] for name in (*ranking.best, *ranking.worst)])


def usual(key: str = "a", value: float = 1.0) -> Episode:
    faults = [Fault(rule="off_topic", detail="0%")]
    lines = [ask(), answer(lore=["toll"], citations=["toll"]),
             ask(), answer(origin="fallback", faults=faults)]  # fmt: skip
    scores = {"goal_reached": 1.0, "response_time": value, "player_errors": 0.0}
    return conversation(RUN, key, lines, scores)


class _Tags(HTMLParser):
    """All tags, their attributes, and whether each is closed in its place."""

    void = frozenset({"meta", "br", "img", "link", "input", "hr", "wbr"})

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in self.void:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def tags(text: str) -> list[tuple[str, dict[str, str | None]]]:
    """The tags of a page that is well formed."""
    parser = _Tags()
    parser.feed(text)
    assert (parser.wrong, parser.open) == ([], [])
    return parser.found


def test_the_page_has_all_of_its_parts() -> None:
    found = tags(page_of(usual("a"), usual("b", 2.5), failed(RUN, "c", "no answer")))
    ids = [attributes["id"] for _, attributes in found if "id" in attributes]
    assert ids == ["scores", "npcs", "players", "turns", "latency", "faults", "player-errors",
                   "failed", "episodes"]  # fmt: skip
    links = [attributes["href"] for tag, attributes in found if tag == "a"]
    assert {f"#{name}" for name in ids} == set(links)


def test_every_plot_has_a_label_and_a_caption_with_its_n() -> None:
    text = page_of(usual("a"), usual("b", 2.5))
    found = tags(text)
    plots = [attributes for tag, attributes in found if tag == "svg"]
    assert plots
    assert all(plot["role"] == "img" and plot["aria-label"] for plot in plots)
    captions = re.findall(r"<figcaption>(.*?)</figcaption>", text, re.DOTALL)
    assert len(captions) == Counter(tag for tag, _ in found)["figure"]
    assert all("n = " in caption for caption in captions)


def test_nothing_is_fetched_from_elsewhere() -> None:
    text = page_of(usual())
    for tag, attributes in tags(text):
        assert tag not in ("script", "link", "img", "iframe", "object", "embed")
        assert not {"src", "srcset", "action", "data"} & set(attributes)
        assert all(value is None or "://" not in value for value in attributes.values())
        assert not [name for name in attributes if name.startswith("on")]
        assert str(attributes.get("href", "#")).startswith("#")
    assert "@import" not in text
    assert "url(" not in text
    assert "default-src 'none'" in text


def test_hostile_text_is_only_text() -> None:
    of = Run(HOSTILE, "simulation", HOSTILE, HOSTILE, HOSTILE, {}, 3, "2026-11-23T10:00:00+00:00")
    action = GameAction(name=HOSTILE, arguments={HOSTILE: HOSTILE}, accepted=False, reason=HOSTILE)
    lines = [
        ask(HOSTILE, HOSTILE),
        answer(
            HOSTILE, npc=HOSTILE, name=HOSTILE, stage=HOSTILE, lore=[HOSTILE], citations=[HOSTILE],
            game_actions=[action], faults=[Fault(rule=HOSTILE, detail=HOSTILE)],
        ),
    ]  # fmt: skip
    episode = conversation(
        of, "a", lines, {HOSTILE: 0.5, "player_errors": 1}, player=HOSTILE, errors=f"bad: {HOSTILE}"
    )
    episode.transcript.title = episode.transcript.model = HOSTILE
    text = page_of(episode, failed(of, "b", HOSTILE), of=of)
    assert not {"script", "img"} & {tag for tag, _ in tags(text)}
    assert "<script>alert" not in text
    assert text.count("&lt;script&gt;") > 20


def test_korean_is_marked_as_such() -> None:
    korean = conversation(
        RUN, "a", [ask("통행세가 얼마요?"), answer("은화 두 닢이오.", name="도란")], language="ko"
    )
    korean.transcript.title = "도란"
    text = page_of(korean)
    assert '<p lang="ko">은화 두 닢이오.</p>' in text
    assert '<b lang="ko">도란</b>' in text
    assert "Noto Sans KR" in text


def test_a_play_without_scores_has_a_page() -> None:
    of = Run("r", "play", "town_arrival", "Osmere", "0.1.0", {}, 1, "2026-11-23T10:00:00+00:00")
    text = page_of(conversation(of, "a", [ask(), answer()], player="scripted"), of=of)
    tags(text)
    assert "A play, run" in text
    assert 'id="scores"' not in text
    assert "Two silver, stranger." in text
    assert "The worst" not in text


def test_a_run_without_episodes_says_so() -> None:
    text = page_of()
    tags(text)
    assert "No episode has been played yet" in text


def test_a_run_of_failures_tells_why_and_how_to_try_again() -> None:
    text = page_of(failed(RUN, "a", "no answer within 30 seconds"), failed(RUN, "b", ""))
    tags(text)
    assert "no answer within 30 seconds" in text
    assert "no reason was kept" in text
    assert "townsfolk simulate evening --retry-errors" in text
    assert "2 episodes could not be played" in text


def test_an_episode_is_shown_with_faults_lore_and_scores() -> None:
    text = page_of(usual())
    for told in ("fault off_topic", "was given toll", "rests on toll", "fallback line",
                 "meant: ask_price", "response_time 1", "100 + 10 tokens"):  # fmt: skip
        assert told in text


def test_cells_are_shaded_by_their_column() -> None:
    cold = conversation(RUN, "a", [ask(), answer(npc="clerk")], {"warmth": 0.2})
    warm = conversation(RUN, "b", [ask(), answer(npc="guard")], {"warmth": 0.7})
    text = page_of(cold, warm)
    assert 'style="--h:0.00">0.200<' in text
    assert 'style="--h:1.00">0.700<' in text


def test_values_that_are_all_equal_make_a_page_too() -> None:
    tags(page_of(usual("a", 0.5), usual("b", 0.5)))
    nothing = [ask(), answer(seconds=0.0, first=0.0, retrieval=0.0)]
    tags(page_of(conversation(RUN, "a", nothing, {"warmth": 0.0, "tokens": 0.0})))


def test_a_page_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PageError, match="name another file with --out"):
        write_page(tmp_path / "file" / "page.html", "")
