"""The embedded model itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from townsfolk.models.embedded import EmbeddedModel
from townsfolk.models.errors import ContextExceeded, ModelError, ModelSetupError, ModelTimeout
from townsfolk.models.interface import Completion, Message, Request
from townsfolk.models.weights import embedded_weights

pytestmark = pytest.mark.model

REQUEST = Request(
    (Message("system", "You are a guard."), Message("user", "Good evening. What is the toll?")),
    max_tokens=16,
    seed=3,
)


@pytest.fixture(scope="module")
def model() -> Iterator[EmbeddedModel]:
    loaded = EmbeddedModel(embedded_weights())
    yield loaded
    loaded.close()


def test_it_answers_and_counts_its_tokens(model: EmbeddedModel) -> None:
    completion = model.complete(REQUEST)
    assert completion.text
    assert 0 < completion.completion_tokens <= 16
    assert completion.prompt_tokens > 10


def test_a_seed_gives_the_same_again_after_a_reset(model: EmbeddedModel) -> None:
    model.reset()
    first = [model.complete(REQUEST).text for _ in range(2)]
    model.complete(Request((Message("user", "Something else entirely."),), max_tokens=4))
    model.reset()
    assert [model.complete(REQUEST).text for _ in range(2)] == first


def test_a_stream_gives_the_text_of_its_completion(model: EmbeddedModel) -> None:
    chunks = list(model.stream(REQUEST))
    assert chunks[-1].completion is not None
    assert "".join(chunk.text for chunk in chunks) == chunks[-1].completion.text


def test_closing_a_stream_stops_the_model(model: EmbeddedModel) -> None:
    stream = model.stream(Request(REQUEST.messages, max_tokens=1500))
    next(stream)
    stream.close()
    started = time.monotonic()
    model.complete(Request(REQUEST.messages, max_tokens=1))
    assert time.monotonic() - started < 10  # 1,500 tokens would take longer by far


def test_the_async_twins_answer(model: EmbeddedModel) -> None:
    async def both() -> tuple[Completion, str]:
        streamed = [chunk.text async for chunk in model.astream(REQUEST)]
        return await model.acomplete(REQUEST), "".join(streamed)

    completion, streamed = asyncio.run(both())
    assert completion.text
    assert streamed


LONG = Request(
    (Message("user", "Count from 1 to 1000, one number a line."),), max_tokens=1500, temperature=0
)
"""Takes longer by far than any test waits."""


def _seconds_until_free(model: EmbeddedModel) -> float:
    started = time.monotonic()
    model.complete(Request(REQUEST.messages, max_tokens=1))
    return time.monotonic() - started


async def _read_all(model: EmbeddedModel) -> None:
    async for _ in model.astream(LONG):
        pass


async def _cancelled(task: asyncio.Task[Any]) -> None:
    """Cancel a task while it waits for a token."""
    await asyncio.sleep(0.3)
    assert not task.done()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_cancelling_a_task_that_reads_a_stream_stops_the_model(model: EmbeddedModel) -> None:
    async def start_and_cancel() -> None:
        await _cancelled(asyncio.create_task(_read_all(model)))

    asyncio.run(start_and_cancel())
    assert _seconds_until_free(model) < 5


def test_cancelling_a_task_that_awaits_an_answer_stops_the_model(model: EmbeddedModel) -> None:
    async def start_and_cancel() -> None:
        await _cancelled(asyncio.create_task(model.acomplete(LONG)))

    asyncio.run(start_and_cancel())
    assert _seconds_until_free(model) < 5


def test_a_request_cancelled_while_it_waits_for_its_turn_is_never_run(
    model: EmbeddedModel,
) -> None:
    async def start_and_cancel() -> None:
        first = asyncio.create_task(model.acomplete(LONG))
        await asyncio.sleep(0.3)
        await _cancelled(asyncio.create_task(model.acomplete(LONG)))
        await _cancelled(first)

    asyncio.run(start_and_cancel())
    assert _seconds_until_free(model) < 5


def test_closing_an_async_stream_stops_the_model(model: EmbeddedModel) -> None:
    async def read_one() -> None:
        stream = model.astream(LONG)
        await anext(stream)
        await stream.aclose()

    asyncio.run(read_one())
    assert _seconds_until_free(model) < 5


def test_a_prompt_beyond_the_context_is_its_own_error(model: EmbeddedModel) -> None:
    with pytest.raises(ContextExceeded):
        model.complete(Request((Message("user", "word " * 4000),)))


def test_an_answer_that_takes_too_long_is_given_up(model: EmbeddedModel) -> None:
    with pytest.raises(ModelTimeout):
        model.complete(Request(REQUEST.messages, max_tokens=1500, timeout=0.05))


@pytest.mark.parametrize("stated", ["0", "many", "-1", "1000"])
def test_a_number_of_threads_that_is_none_is_said(
    monkeypatch: pytest.MonkeyPatch, stated: str
) -> None:
    monkeypatch.setenv("TOWNSFOLK_THREADS", stated)
    with pytest.raises(ModelSetupError, match="a number from 1 to 512"):
        EmbeddedModel(embedded_weights())


def test_one_thread_answers_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOWNSFOLK_THREADS", "1")
    single = EmbeddedModel(embedded_weights())
    assert single.complete(REQUEST).text
    single.close()


def test_closing_ends_a_running_request_and_refuses_the_next() -> None:
    closing = EmbeddedModel(embedded_weights())
    stream = closing.stream(LONG)
    next(stream)
    closing.close()
    closing.close()
    with pytest.raises(ModelError, match="closed"):
        list(stream)
    with pytest.raises(ModelError, match="closed"):
        closing.complete(REQUEST)


def test_weights_that_llama_cpp_cannot_load_are_named(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.gguf"
    damaged.write_bytes(embedded_weights().read_bytes()[:4096])
    with pytest.raises(ModelSetupError, match=r"cannot load .*damaged\.gguf"):
        EmbeddedModel(damaged)


def test_a_schema_constrains_the_answer(model: EmbeddedModel) -> None:
    import json

    schema = {
        "type": "object",
        "properties": {"open": {"type": "boolean"}},
        "required": ["open"],
        "additionalProperties": False,
    }
    answer = json.loads(model.complete(Request(REQUEST.messages, schema=schema)).text)
    assert isinstance(answer["open"], bool)
