"""Ollama over the wire, with the real embedded model behind Ollama's protocol.

What the model says is no good; that it arrives, stops, obeys a schema and fits into turns and
scenes is what is held here. It cannot call tools, so look-ups are planned and the words after them
are the model's.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.ollama_server import (
    Exchange,
    OllamaServer,
    Speaker,
    embedded,
    ollama_server,
    planned_look_ups_then,
    replaying,
    shown,
)
from tests.support.situations import moment
from townsfolk.crews.play import Theatre
from townsfolk.crews.setting import Setting
from townsfolk.models.deployments import choose_model
from townsfolk.models.embedded import EMBEDDED_PROFILE, EmbeddedModel
from townsfolk.models.errors import ModelError, ModelSetupError, ModelTimeout
from townsfolk.models.interface import Message, Request
from townsfolk.models.routed import RoutedModel
from townsfolk.models.weights import embedded_weights
from townsfolk.retrieval.index import LoreIndex
from townsfolk.town.beats import PLAYER
from townsfolk.town.scenes import Scene
from townsfolk.town.town import Town
from townsfolk.town.transcript import Turn
from townsfolk.turns.driving import run_turn
from townsfolk.turns.npc_turn import npc_turn
from townsfolk.turns.part import beat_part, reply_part
from townsfolk.turns.player import ScriptedPlayer

pytestmark = pytest.mark.model

SMALL, LARGE, PLAIN = "smollm2:135m", "large:8b", "plain:8b"
MODELS = {
    SMALL: shown(135e6, 2048, tools=False),
    LARGE: shown(8e9, 2048, tools=True),
    PLAIN: shown(8e9, 8192, tools=False),
}
REQUEST = Request(
    (
        Message("system", "You are a gate guard."),
        Message("user", "Good evening. What is the toll?"),
    ),
    max_tokens=24,
    temperature=0.8,
    seed=11,
    repeat_penalty=1.15,
    stop=("\n\n", "Traveller:"),
    timeout=30,
)
LONG = replace(
    REQUEST,
    messages=(Message("user", "Count from 1 to 1000, one number a line."),),
    max_tokens=1500,
    temperature=0.0,
    repeat_penalty=1.0,
    stop=(),
)
"""Takes longer by far than any test waits."""

CALL_LIMIT = 60.0
"""Seconds that a turn gives each of its calls."""

Serve = Callable[[Speaker], AbstractContextManager[OllamaServer]]


@pytest.fixture(scope="module")
def llama_cpp() -> Iterator[EmbeddedModel]:
    """The model behind the servers, with the context that they say they have."""
    with pytest.MonkeyPatch.context() as patch:
        # Its threads wait for each other busily, and the tests are not alone on the machine.
        patch.setenv("TOWNSFOLK_THREADS", "1")
        model = EmbeddedModel(
            embedded_weights(), EMBEDDED_PROFILE.model_copy(update={"context": 8192})
        )
    yield model
    model.close()


@pytest.fixture
def server(llama_cpp: EmbeddedModel) -> Iterator[OllamaServer]:
    """The real model, under the names of a small one and of large ones."""
    with ollama_server(MODELS, embedded(llama_cpp)) as running:
        yield running


Connect = Callable[..., RoutedModel]


@pytest.fixture
def connect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connect]:
    """Chooses and opens a model of a server, the way that a scene does."""
    opened: list[RoutedModel] = []
    for name in ("OLLAMA_API_BASE", "TOWNSFOLK_NPC_PROFILE"):
        monkeypatch.delenv(name, raising=False)

    def to(server: OllamaServer, name: str = SMALL, **parameters: Any) -> RoutedModel:
        monkeypatch.setenv("OLLAMA_HOST", server.url)
        if parameters:
            entry = {"model": f"ollama_chat/{name}", **parameters}
            rows = [{"model_name": "npc", "litellm_params": entry}]
            (tmp_path / "models.yaml").write_text(json.dumps({"model_list": rows}))
            monkeypatch.delenv("TOWNSFOLK_NPC_MODEL", raising=False)
        else:
            monkeypatch.setenv("TOWNSFOLK_NPC_MODEL", f"ollama_chat/{name}")
        model = RoutedModel(choose_model("npc", tmp_path))
        model.warm()
        opened.append(model)
        return model

    yield to
    for model in opened:
        model.close()


# What arrives


def test_every_way_of_asking_gives_what_the_model_says_in_process(
    server: OllamaServer, connect: Connect, llama_cpp: EmbeddedModel
) -> None:
    model = connect(server)

    async def both() -> list[str]:
        llama_cpp.reset()
        whole = (await model.acomplete(REQUEST)).text
        llama_cpp.reset()
        return [whole, "".join([chunk.text async for chunk in model.astream(REQUEST)])]

    llama_cpp.reset()
    here = llama_cpp.complete(REQUEST)
    assert here.text
    llama_cpp.reset()
    completion = model.complete(REQUEST)
    assert completion.text == here.text
    assert (completion.prompt_tokens, completion.completion_tokens, completion.finish) == (
        here.prompt_tokens,
        here.completion_tokens,
        here.finish,
    )
    llama_cpp.reset()
    chunks = list(model.stream(REQUEST))
    assert "".join(chunk.text for chunk in chunks) == here.text
    assert len(chunks) > 3
    last = chunks[-1].completion
    assert last is not None
    assert (last.text, last.prompt_tokens, last.completion_tokens, last.finish) == (
        here.text,
        here.prompt_tokens,
        here.completion_tokens,
        here.finish,
    )
    assert asyncio.run(both()) == [here.text] * 2
    assert [chat["stream"] for chat in server.chats] == [False, True, False, True]


def test_another_seed_gives_another_text(
    server: OllamaServer, connect: Connect, llama_cpp: EmbeddedModel
) -> None:
    model = connect(server)
    said = set()
    for seed in (1, 2, 3):
        llama_cpp.reset()
        said.add(model.complete(replace(REQUEST, seed=seed)).text)
    assert len(said) > 1


def test_every_option_arrives(server: OllamaServer, connect: Connect) -> None:
    connect(server).complete(REQUEST)
    connect(server, SMALL, keep_alive="5m", num_ctx=1536).complete(REQUEST)
    first, second = server.chats
    assert first["options"] == {
        "num_ctx": 2048,
        "temperature": 0.8,
        "seed": 11,
        "num_predict": 24,
        "repeat_penalty": 1.15,
        "stop": ["\n\n", "Traveller:"],
    }
    assert (first["model"], first["keep_alive"]) == (SMALL, "30m")
    assert "tools" not in first
    assert "format" not in first
    assert (second["keep_alive"], second["options"]["num_ctx"]) == ("5m", 1536)


def test_the_model_stops_where_it_is_told_to(
    server: OllamaServer, connect: Connect, llama_cpp: EmbeddedModel
) -> None:
    model = connect(server)
    llama_cpp.reset()
    whole = model.complete(replace(REQUEST, stop=())).text
    middle = whole[len(whole) // 2 :].split()[0]
    llama_cpp.reset()
    assert middle not in model.complete(replace(REQUEST, stop=(middle,))).text
    short = model.complete(replace(LONG, max_tokens=5))
    assert (short.completion_tokens, short.finish) == (5, "length")


@pytest.mark.parametrize(("has", "asked", "sent"), [(2048, 8192, 2048), (131_072, 4096, 4096)])
def test_num_ctx_is_bounded_by_what_the_model_has(
    connect: Connect, has: int, asked: int, sent: int
) -> None:
    with ollama_server({"m": shown(8e9, has)}, replaying(lambda body: "Aye.")) as server:
        model = connect(server, "m", num_ctx=asked)
        model.complete(REQUEST)
    assert server.chats[0]["options"]["num_ctx"] == model.profile.context == sent


# Closing early


def _let_go(exchange: Exchange, llama_cpp: EmbeddedModel) -> float:
    """Seconds until the model is free after the client has gone."""
    started = time.monotonic()
    assert exchange.over.wait(5), "the server still generates"
    assert exchange.ended == "hung up"
    assert exchange.pieces < 200
    llama_cpp.complete(replace(REQUEST, max_tokens=1))
    return time.monotonic() - started


def test_closing_a_stream_stops_the_server(
    server: OllamaServer, connect: Connect, llama_cpp: EmbeddedModel
) -> None:
    stream = connect(server).stream(LONG)
    for _ in range(3):
        next(stream)
    stream.close()
    assert _let_go(server.exchanges[0], llama_cpp) < 5


def test_closing_an_async_stream_stops_the_server(
    server: OllamaServer, connect: Connect, llama_cpp: EmbeddedModel
) -> None:
    model = connect(server)

    async def close_early() -> float:
        stream = model.astream(LONG)
        for _ in range(3):
            await anext(stream)
        await stream.aclose()
        # While the loop still runs: its end would close everything.
        return await asyncio.to_thread(_let_go, server.exchanges[0], llama_cpp)

    assert asyncio.run(close_early()) < 5


@pytest.mark.parametrize("streamed", [True, False], ids=["stream", "whole"])
def test_cancelling_a_task_stops_the_server(
    server: OllamaServer, connect: Connect, llama_cpp: EmbeddedModel, streamed: bool
) -> None:
    model = connect(server)

    async def read() -> None:
        if streamed:
            async for _ in model.astream(LONG):
                pass
        else:
            await model.acomplete(LONG)

    async def cancel_early() -> float:
        task = asyncio.create_task(read())
        while not (server.exchanges and server.exchanges[0].pieces > 2):
            await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return await asyncio.to_thread(_let_go, server.exchanges[0], llama_cpp)

    assert asyncio.run(cancel_early()) < 5


def test_a_call_that_is_given_up_stops_the_server(
    server: OllamaServer, connect: Connect, llama_cpp: EmbeddedModel
) -> None:
    model = connect(server)
    with pytest.raises(ModelTimeout):
        model.complete(replace(LONG, timeout=0.5))
    assert _let_go(server.exchanges[0], llama_cpp) < 5


# Schemas


def test_a_schema_arrives_as_the_format_and_binds_the_model(
    server: OllamaServer, connect: Connect
) -> None:
    schema = {
        "type": "object",
        "properties": {"open": {"type": "boolean"}, "toll": {"enum": [2, 5]}},
        "required": ["open", "toll"],
        "additionalProperties": False,
    }
    model = connect(server)
    request = replace(REQUEST, schema=schema, stop=(), max_tokens=64)
    whole = json.loads(model.complete(request).text)
    streamed = json.loads("".join(chunk.text for chunk in model.stream(request)))
    assert [chat["format"] for chat in server.chats] == [schema, schema]
    for answer in (whole, streamed):
        assert set(answer) == {"open", "toll"}
        assert isinstance(answer["open"], bool)
        assert answer["toll"] in (2, 5)


# What is missing


def test_a_missing_model_is_said_with_the_pull_command(
    server: OllamaServer, connect: Connect
) -> None:
    with pytest.raises(ModelSetupError, match=r"no model 'exaone3\.5'.*ollama pull exaone3\.5"):
        connect(server, "exaone3.5")


def test_a_model_that_was_removed_since_is_an_error_that_names_it(
    server: OllamaServer, connect: Connect
) -> None:
    model = connect(server)
    del server.models[SMALL]
    with pytest.raises(ModelError, match=f"model '{SMALL}' not found"):
        model.complete(REQUEST)
    with pytest.raises(ModelError, match=f"model '{SMALL}' not found"):
        list(model.stream(REQUEST))


def test_no_server_gives_the_hint_to_start_it(connect: Connect) -> None:
    with ollama_server(MODELS, replaying(lambda body: "Aye.")) as server:
        pass
    with pytest.raises(ModelSetupError, match=r"no Ollama answers at .*ollama serve"):
        connect(server)


def test_a_prompt_beyond_the_context_is_an_error(server: OllamaServer, connect: Connect) -> None:
    request = replace(REQUEST, messages=(Message("user", "word " * 9000),))
    with pytest.raises(ModelError, match="context"):
        connect(server).complete(request)


# Turns with look-ups

SALT = "If it please you, a lawful bag of salt bears a seal of grey wax, or the fine is 20 silver."


def _structured(speech: str) -> Speaker:
    return replaying(lambda body: json.dumps({"speech": speech, "stage": "", "actions": []}))


def _clerk_replies(town: Town, index: LoreIndex, model: RoutedModel, heard: str) -> Turn:
    """What the clerk, who may look things up, answers to the player."""
    situation = moment(town, "inn_evening", heard=heard)
    part = reply_part(town, situation.scene, "en", "clerk", PLAYER)
    return run_turn(npc_turn(town, index, model.profile, part, situation), model).turn


def test_a_look_up_is_called_found_and_cited(
    town: Town, index: LoreIndex, connect: Connect
) -> None:
    speaker = planned_look_ups_then(_structured(SALT), "knowledge_search", "seal of grey wax")
    with ollama_server(MODELS, speaker) as server:
        turn = _clerk_replies(town, index, connect(server, LARGE), "What is this?")
    asked, found = server.chats
    assert [tool["function"]["name"] for tool in asked["tools"]] == ["knowledge_search"]
    assert "SEARCH:" not in asked["messages"][-1]["content"]
    assert town.lore["salt_seal"].text("en") not in asked["messages"][-1]["content"]
    call, result = found["messages"][-2:]
    assert call["tool_calls"][0]["function"] == {
        "name": "knowledge_search",
        "arguments": {"query": "seal of grey wax"},
    }
    assert result["role"] == "tool"
    assert town.lore["salt_seal"].text("en") in result["content"]
    assert (turn.origin, turn.speech, turn.calls) == ("model", SALT, 2)
    assert "salt_seal" in turn.lore
    assert "salt_seal" in turn.citations


def test_a_look_up_finds_nothing_that_is_not_for_who_speaks_and_who_hears(
    town: Town, index: LoreIndex, connect: Connect
) -> None:
    queries = ("who cut the rope", "the second ledger", "the night password")
    speaker = planned_look_ups_then(_structured(SALT), "knowledge_search", *queries)
    with ollama_server(MODELS, speaker) as server:
        turn = _clerk_replies(town, index, connect(server, LARGE), "Tell me your secrets.")
    # The chat after the last look-up; an answer that is refused is asked for again without them.
    results = [m for m in server.chats[len(queries)]["messages"] if m["role"] == "tool"]
    assert len(results) == len(queries)
    # Not his to know, his own and not to be told, his faction's and not to be told.
    for secret in ("who_cut_the_rope", "hidden_ledger", "night_password"):
        assert secret not in turn.lore
        assert all(town.lore[secret].text("en") not in m["content"] for m in results)


def test_look_ups_without_end_are_ended(town: Town, index: LoreIndex, connect: Connect) -> None:
    queries = [f"question {number}" for number in range(20)]
    speaker = planned_look_ups_then(_structured(SALT), "knowledge_search", *queries)
    with ollama_server(MODELS, speaker) as server:
        turn = _clerk_replies(town, index, connect(server, LARGE), "What is this?")
    assert turn.calls == len(server.chats) == 5
    assert ["tools" in chat for chat in server.chats] == [True, True, True, False, False]
    assert ["format" in chat for chat in server.chats] == [False, False, False, True, True]
    assert turn.origin == "fallback"
    assert "SEARCH" not in turn.speech


def test_a_model_without_tools_looks_up_in_text(
    town: Town, index: LoreIndex, connect: Connect
) -> None:
    speaker = planned_look_ups_then(_structured(SALT), "knowledge_search", "seal of grey wax")
    with ollama_server(MODELS, speaker) as server:
        turn = _clerk_replies(town, index, connect(server, PLAIN), "What is this?")
    first, second = server.chats
    assert "tools" not in first
    assert "SEARCH:" in first["messages"][-1]["content"]
    assert all(message["role"] != "tool" for message in second["messages"])
    assert town.lore["salt_seal"].text("en") in second["messages"][-1]["content"]
    assert (turn.speech, turn.calls) == (SALT, 2)
    assert "salt_seal" in turn.citations


def test_a_weak_model_is_offered_no_look_ups(
    town: Town, index: LoreIndex, connect: Connect
) -> None:
    situation = moment(town, "market_morning", heard="What is the seal on the salt?")
    with ollama_server(MODELS, replaying(lambda body: SALT)) as server:
        model = connect(server, SMALL)
        part = beat_part(town, "morning_clerk_on_salt")
        turn = run_turn(npc_turn(town, index, model.profile, part, situation), model).turn
    (chat,) = server.chats
    assert not {"tools", "format"} & set(chat)
    assert all("SEARCH:" not in message["content"] for message in chat["messages"])
    assert (turn.speech, turn.calls) == (SALT, 1)


# Scenes, short ones: whole, the town's own take minutes on a shared core


@pytest.fixture
def _crewai_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREWAI_STORAGE_DIR", str(tmp_path))
    monkeypatch.setenv("CREWAI_TRACING_ENABLED", "false")
    monkeypatch.setenv("CREWAI_DISABLE_TELEMETRY", "true")


def _plays_to_its_end(
    town: Town, index: LoreIndex, scene: Scene, server: OllamaServer, model: RoutedModel
) -> list[Turn]:
    """The NPCs' turns of a scene in which the server answers every call within its time."""
    town = replace(town, scenes={"short": scene})
    theatre = Theatre(town, model, index)
    transcript = theatre.play("short", ScriptedPlayer(), Setting("en", seed=1))
    assert (transcript.status, transcript.ending) == ("finished", "played")
    assert transcript.model == model.name
    turns = [turn for turn in transcript.turns if turn.origin != "player"]
    assert [turn.beat for turn in turns] == scene.beat_ids()
    assert sum(turn.calls for turn in turns) == len(server.chats)
    for turn in turns:
        assert turn.speech
        assert turn.timing.seconds < CALL_LIMIT * max(turn.calls, 1)
        # No call failed or took too long: whatever is wrong is wrong with the words.
        assert not [f for f in turn.faults if f.rule.startswith(("model_", "context_"))]
    for exchange in server.exchanges:
        options = exchange.body["options"]
        # Ollama would cut off the beginning of a longer prompt, and say nothing.
        assert exchange.end["prompt_eval_count"] + options["num_predict"] <= options["num_ctx"]
    return turns


@pytest.mark.usefixtures("_crewai_files")
def test_a_scene_of_a_weak_model_plays_to_its_end(
    town: Town, index: LoreIndex, server: OllamaServer, connect: Connect
) -> None:
    scene = town.scenes["town_arrival"]
    beats = scene.beats[: scene.beats.index("arrival_open_gate") + 1]
    short = scene.model_copy(update={"beats": beats})
    turns = _plays_to_its_end(town, index, short, server, connect(server, SMALL))
    *asked, told = turns
    assert all(1 <= turn.calls <= 2 for turn in asked)
    assert (told.origin, told.calls) == ("say", 0)
    for chat in server.chats:
        assert chat["options"]["stop"] == ["\n"]
        assert not {"tools", "format"} & set(chat)


@pytest.mark.usefixtures("_crewai_files")
def test_a_scene_of_a_strong_model_that_looks_up_plays_to_its_end(
    town: Town, index: LoreIndex, connect: Connect, llama_cpp: EmbeddedModel
) -> None:
    scene = town.scenes["inn_evening"].model_copy(
        update={
            "beats": ["inn_clerk_compliments"],
            "present": ["innkeeper", "clerk"],
            "turn_taking": "scripted",
        }
    )
    speaker = planned_look_ups_then(embedded(llama_cpp), "knowledge_search", "seal of grey wax")
    with ollama_server(MODELS, speaker) as server:
        (turn,) = _plays_to_its_end(town, index, scene, server, connect(server, LARGE))
    assert 2 <= turn.calls <= 5
    assert "salt_seal" in turn.lore
    assert any(message["role"] == "tool" for message in server.chats[1]["messages"])
