"""Korean replies of a model, played through the whole turn over Ollama's wire.

No language model speaks: the replies in `korean_replies.yaml` were written by hand, each with what
has to become of it. The server says them as they stand, for both attempts, also beyond the `stop`
at which a real one would end them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.ollama_server import Body, OllamaServer, ollama_server, replaying, shown
from tests.support.playing import RememberedLore
from tests.support.replay_model import ReplayModel
from townsfolk.models.deployments import choose_model
from townsfolk.models.errors import ModelUnavailable
from townsfolk.models.routed import RoutedModel
from townsfolk.retrieval.index import LoreIndex
from townsfolk.town.beats import PLAYER
from townsfolk.town.scenes import Enter, Leave, Move, PlayerLine, Scene
from townsfolk.town.town import Town
from townsfolk.turns.driving import run_turn
from townsfolk.turns.npc_turn import npc_turn, player_turn
from townsfolk.turns.part import beat_part
from townsfolk.turns.situation import Situation

pytestmark = pytest.mark.model

Entry = dict[str, Any]
ENTRIES: list[Entry] = yaml.safe_load(
    (Path(__file__).parent / "korean_replies.yaml").read_text("utf-8")
)
MODELS = {
    "korean-weak:latest": shown(1.2e9, 32_768, tools=False),
    "korean-strong:latest": shown(8e9, 131_072, tools=True),
}


def _identified() -> Iterator[Any]:
    """Each entry, called by its beat and how many of the beat's were before it."""
    before: Counter[str] = Counter()
    for entry in ENTRIES:
        beat = entry["beat"]
        yield pytest.param(entry, id=f"{beat}-{before[beat]}")
        before[beat] += 1


class Wire:
    """The models of both profiles on one server, which says what it is told to."""

    def __init__(self) -> None:
        self.reply = ""
        self.models: dict[str, RoutedModel] = {}

    def answer(self, body: Body) -> str:
        return self.reply


@pytest.fixture(scope="module")
def remembering(index: LoreIndex) -> LoreIndex:
    return RememberedLore(index)


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Wire, OllamaServer]]:
    said = Wire()
    with (
        ollama_server(MODELS, replaying(said.answer)) as server,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("OLLAMA_HOST", server.url)
        for name in ("OLLAMA_API_BASE", "TOWNSFOLK_NPC_PROFILE"):
            patch.delenv(name, raising=False)
        for strength in ("weak", "strong"):
            patch.setenv("TOWNSFOLK_NPC_MODEL", f"ollama_chat/korean-{strength}")
            choice = choose_model("npc", tmp_path_factory.mktemp("town"))
            assert choice.profile.strength == strength
            said.models[strength] = RoutedModel(choice)
        yield said, server
        for model in said.models.values():
            model.close()


@pytest.fixture(scope="module")
def moments(town: Town, remembering: LoreIndex) -> dict[str, Situation]:
    """The moment before each beat, with the authored lines and the player's lines before it."""
    found: dict[str, Situation] = {}
    for scene in town.scenes.values():
        if any(entry["beat"] in scene.beat_ids() for entry in ENTRIES):
            found |= _moments(town, remembering, scene)
    return found


def _moments(town: Town, index: LoreIndex, scene: Scene) -> dict[str, Situation]:
    away = ReplayModel([ModelUnavailable("only authored lines here")])
    present = (*scene.at_start(), PLAYER)
    world = town.start_world(scene)
    now = Situation(scene, "ko", scene.place.get("ko"), present, (), world, 1)
    found: dict[str, Situation] = {}
    for step in scene.beats:
        match step:
            case str():
                found[step] = now
                beat = town.beats[step]
                if beat.when is not None and not beat.when.holds(now.world):
                    continue
                steps = npc_turn(town, index, away.profile, beat_part(town, step), now)
                spoken = run_turn(steps, away)
                now = replace(now, turns=(*now.turns, spoken.turn), world=spoken.world)
            case PlayerLine():
                turn = player_turn(now, step.player.get("ko"))
                now = replace(now, turns=(*now.turns, turn))
            case Enter():
                now = replace(now, present=(*now.present, *step.enter))
            case Leave():
                there = tuple(name for name in now.present if name not in step.leave)
                now = replace(now, present=there)
            case Move():
                now = replace(now, place=step.place.get("ko"))
    return found


def test_there_are_enough_of_every_kind() -> None:
    kinds = Counter(entry["kind"] for entry in ENTRIES)
    assert len(ENTRIES) >= 100
    assert set(kinds) == {"good", "repaired", "refused"}
    assert min(kinds.values()) >= 30
    assert {entry["profile"] for entry in ENTRIES} == {"weak", "strong"}


@pytest.mark.parametrize("entry", _identified())
def test_a_korean_reply(
    town: Town,
    remembering: LoreIndex,
    wire: tuple[Wire, OllamaServer],
    moments: dict[str, Situation],
    entry: Entry,
) -> None:
    said, server = wire
    said.reply = entry["reply"]
    sent = len(server.exchanges)
    model = said.models[entry["profile"]]
    part, moment = beat_part(town, entry["beat"]), moments[entry["beat"]]
    steps = npc_turn(town, remembering, model.profile, part, moment)
    turn = run_turn(steps, model).turn
    rules = [f"{fault.rule}: {fault.detail}" for fault in turn.faults]
    assert len(server.exchanges) - sent == turn.calls
    if entry["kind"] == "refused":
        assert turn.origin in ("authored", "fallback"), turn.speech
        assert turn.calls == 2
        assert entry["because"] in {fault.rule for fault in turn.faults}, rules
        return
    assert (turn.origin, turn.speech) == ("model", entry["speech"]), rules
    assert turn.calls == 1
    assert set(entry["cites"]) <= set(turn.citations)
    done = {action.name for action in turn.game_actions if action.accepted}
    assert set(entry.get("actions", ())) <= done, turn.game_actions
