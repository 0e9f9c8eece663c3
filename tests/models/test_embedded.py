"""The embedded model itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest

from townsfolk.models.embedded import EmbeddedModel
from townsfolk.models.errors import ContextExceeded, ModelSetupError, ModelTimeout
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
    stream.close()  # type: ignore[attr-defined]
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
