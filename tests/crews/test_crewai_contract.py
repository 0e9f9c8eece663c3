"""What we rely on in CrewAI, some of it private: a new version has to keep these promises."""

from __future__ import annotations

import contextvars
import inspect
import os
import pty
import subprocess
import sys
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from tests.support.playing import Entries, lines_by_seed, model_away, small_town
from tests.support.replay_model import ReplayModel
from tests.support.situations import said
from townsfolk.crews.setting import Executor
from townsfolk.models.errors import ModelUnavailable
from townsfolk.models.interface import Completer, Completion, Message, Request
from townsfolk.town.beats import PLAYER
from townsfolk.town.town import Town
from townsfolk.town.transcript import Turn
from townsfolk.turns.part import reply_part

BEATS: Entries = {
    "first": {"agent": "guard", "to": PLAYER},
    "second": {"agent": "merchant", "to": PLAYER, "context": ["first"]},
    "third": {"agent": "guard", "to": PLAYER, "context": ["first", "second"]},
}
REQUEST = Request(messages=(Message("user", "Speak."),), max_tokens=8)

both_executors = pytest.mark.parametrize("executor", ["fast", "stock"])


@pytest.fixture(autouse=True)
def _crewai_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREWAI_STORAGE_DIR", str(tmp_path))
    monkeypatch.setenv("CREWAI_TRACING_ENABLED", "false")
    monkeypatch.setenv("CREWAI_DISABLE_TELEMETRY", "true")


@pytest.fixture(scope="module")
def square(town: Town) -> Town:
    return small_town(town, BEATS, cast=["guard", "merchant"], turn_taking="scripted")


class Stand:
    """Where turns would be played: keeps which were asked for, and answers with a line."""

    def __init__(self, answer: str = "Aye.") -> None:
        self.asked: list[str] = []
        self._answer = answer

    def speak(self, name: str, model: Completer) -> Turn | None:
        self.asked.append(name)
        return said("guard", self._answer, ("guard", PLAYER))


def script(town: Town, stand: Stand, executor: Executor = "fast") -> Any:
    from townsfolk.crews.crew import script_crew
    from townsfolk.crews.llm import StageLLM

    return script_crew(town, list(BEATS), "en", StageLLM(stand.speak, model_away()), executor)


def test_the_version_is_the_one_that_was_read() -> None:
    assert version("crewai") == "1.15.30"


# --- the crew


@both_executors
def test_tasks_run_in_their_order_with_one_call_each(square: Town, executor: Executor) -> None:
    stand = Stand()
    script(square, stand, executor).kickoff()
    assert stand.asked == list(BEATS)


@both_executors
def test_a_crew_of_one_turn_asks_once(square: Town, executor: Executor) -> None:
    from townsfolk.crews.crew import turn_crew
    from townsfolk.crews.llm import StageLLM

    stand = Stand()
    part = reply_part(square, square.scenes["small"], "en", "guard", PLAYER)
    llm = StageLLM(stand.speak, model_away())
    output = turn_crew(square, part, "reply_1", "en", llm, executor).kickoff()
    assert stand.asked == ["reply_1"]
    assert str(output) == "Aye."


@both_executors
def test_a_task_that_is_left_out_stops_nothing(square: Town, executor: Executor) -> None:
    """A beat that cannot be played says "…", as CrewAI wants some answer."""

    class Silent(Stand):
        def speak(self, name: str, model: Completer) -> Turn | None:
            self.asked.append(name)
            return None

    stand = Silent()
    script(square, stand, executor).kickoff()
    assert stand.asked == list(BEATS)


def test_the_stock_executor_takes_no_empty_answer(square: Town) -> None:
    with pytest.raises(ValueError, match="None or empty"):
        script(square, Stand(""), "stock").kickoff()


@both_executors
@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError("the disk is full")])
def test_an_error_comes_out_as_it_went_in(
    square: Town, executor: Executor, error: BaseException
) -> None:
    class Failing(Stand):
        def speak(self, name: str, model: Completer) -> Turn | None:
            self.asked.append(name)
            raise error

    stand = Failing()
    crew = script(square, stand, executor)
    with pytest.raises(error if isinstance(error, type) else type(error)):
        crew.agents[0].llm.perform(crew)
    assert stand.asked == ["first"]


# --- what `fast` overrides


def test_an_agents_task_goes_through_the_method_that_we_override(square: Town) -> None:
    from crewai import Agent, Crew, Task

    class Overridden(Agent):
        def _execute_without_timeout(self, task_prompt: str, task: Any) -> Any:
            prompts.append(task_prompt)
            return "done"

    prompts: list[str] = []
    llm = next(iter(script(square, Stand()).agents)).llm
    agent = Overridden(role="r", goal="g", backstory="b", llm=llm)
    tasks = [Task(description=d, expected_output="x", agent=agent) for d in ("one", "two")]
    Crew(agents=[agent], tasks=tasks).kickoff()
    assert [prompt.split()[0] for prompt in prompts] == ["one", "two"]


@pytest.mark.parametrize("name", ["_execute_without_timeout", "_aexecute_without_timeout"])
def test_the_overridden_methods_are_there(name: str) -> None:
    from crewai import Agent

    from townsfolk.crews.fast import FastAgent

    theirs, ours = getattr(Agent, name), getattr(FastAgent, name)
    assert list(inspect.signature(theirs).parameters) == ["self", "task_prompt", "task"]
    assert inspect.signature(ours).parameters.keys() == inspect.signature(theirs).parameters.keys()
    assert inspect.iscoroutinefunction(theirs) == inspect.iscoroutinefunction(ours)


def test_an_executor_is_built_by_the_method_that_we_override(
    square: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    from crewai import Agent

    from townsfolk.crews.fast import FastAgent

    theirs = set(inspect.signature(Agent.create_agent_executor).parameters)
    assert theirs == set(inspect.signature(FastAgent.create_agent_executor).parameters)
    built: list[str] = []
    stock = Agent.create_agent_executor

    def build(self: Any, *args: Any, **kwargs: Any) -> None:
        built.append(self.role)
        stock(self, *args, **kwargs)

    monkeypatch.setattr(Agent, "create_agent_executor", build)
    script(square, Stand(), "fast").kickoff()
    assert built == []
    script(square, Stand(), "stock").kickoff()
    assert len(built) >= 2


def test_outputs_are_logged_once_a_task_by_the_log_that_we_leave_out(
    square: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    from crewai.utilities.task_output_storage_handler import TaskOutputStorageHandler

    logged: list[int] = []

    def store(self: Any, task_index: int, log: Any) -> None:
        logged.append(task_index)

    monkeypatch.setattr(TaskOutputStorageHandler, "update", store)
    script(square, Stand(), "stock").kickoff()
    assert logged == [0, 1, 2]
    script(square, Stand(), "fast").kickoff()
    assert logged == [0, 1, 2]


def test_a_fast_crew_opens_no_database(square: Town, tmp_path: Path) -> None:
    script(square, Stand(), "fast").kickoff()
    assert list(tmp_path.rglob("*.db")) == []
    script(square, Stand(), "stock").kickoff()
    assert list(tmp_path.rglob("*.db")) != []


# --- the model


def observed(model: ReplayModel) -> Completer:
    """A model as a turn gets it."""
    from crewai import Task

    from townsfolk.crews.llm import StageLLM

    given: list[Completer] = []

    def speak(name: str, completer: Completer) -> Turn | None:
        given.append(completer)
        return None

    task = Task(name="t", description="d", expected_output="x")
    StageLLM(speak, model).call("ignored", from_task=task)
    return given[0]


def events_of_a_call(model: ReplayModel) -> list[Any]:
    """What CrewAI hears of one call of a model."""
    from crewai.events import (
        LLMCallCompletedEvent,
        LLMCallFailedEvent,
        LLMCallStartedEvent,
        crewai_event_bus,
    )

    events: list[Any] = []
    with crewai_event_bus.scoped_handlers():
        for kind in (LLMCallStartedEvent, LLMCallCompletedEvent, LLMCallFailedEvent):
            crewai_event_bus.register_handler(kind, lambda source, event: events.append(event))
        with suppress(ModelUnavailable):
            contextvars.copy_context().run(observed(model).complete, REQUEST)
        crewai_event_bus.flush()
    return sorted(events, key=lambda event: int(event.emission_sequence))


def test_a_model_call_is_an_event_with_its_words_and_tokens() -> None:
    completion = Completion("Aye.", prompt_tokens=11, completion_tokens=3)
    started, completed = events_of_a_call(ReplayModel([completion]))
    assert (started.type, completed.type) == ("llm_call_started", "llm_call_completed")
    assert started.messages == [{"role": "user", "content": "Speak."}]
    assert completed.response == "Aye."
    assert completed.usage == {"prompt_tokens": 11, "completion_tokens": 3, "total_tokens": 14}
    assert started.call_id == completed.call_id


def test_a_model_call_that_fails_is_an_event_too() -> None:
    started, failed = events_of_a_call(model_away())
    assert (started.type, failed.type) == ("llm_call_started", "llm_call_failed")
    assert failed.error == "away"


def test_a_stage_is_asked_only_for_named_tasks() -> None:
    from townsfolk.crews.llm import StageLLM

    with pytest.raises(ValueError, match="named after their turns"):
        StageLLM(Stand().speak, model_away()).call("Speak.")


def test_crewai_is_told_nothing_that_makes_it_send_its_own_prompt() -> None:
    from townsfolk.crews.llm import StageLLM

    llm = StageLLM(Stand().speak, lines_by_seed("en"))
    assert llm.supports_function_calling() is False
    assert llm.get_input_tokens_count("x" * 10_000) == 0
    assert llm.get_context_window_size() == lines_by_seed("en").profile.context


# --- events, files and the network


def depth() -> int:
    from crewai.events.event_context import _event_id_stack

    return len(_event_id_stack.get())


def interrupt(town: Town, kick_off: Any) -> None:
    crew = script(town, Stand())

    def stop(*args: Any, **kwargs: Any) -> None:
        raise KeyboardInterrupt

    # Where CrewAI itself is interrupted; what the stage raises never reaches it.
    crew.agents[0]._prepare_task_execution = stop
    with pytest.raises(KeyboardInterrupt):
        kick_off(crew)


def test_crews_that_are_interrupted_leave_nothing_behind(square: Town) -> None:
    """CrewAI alone leaves its open events on a stack that holds a hundred."""

    def stock(crew: Any) -> None:
        crew.kickoff()

    def left_by_stock() -> int:
        interrupt(square, stock)
        return depth()

    assert contextvars.copy_context().run(left_by_stock) > depth()
    before = depth()
    for _ in range(150):
        interrupt(square, lambda crew: crew.agents[0].llm.perform(crew))
    assert depth() == before
    stand = Stand()
    crew = script(square, stand)
    crew.agents[0].llm.perform(crew)
    assert stand.asked == list(BEATS)


RUN_IN_A_NEW_PROCESS = """
import socket, sys, time
from pathlib import Path
reached = []
def refuse(self, address):
    reached.append(str(address))
    raise OSError("no network in this test")
def look_up(host, *arguments, **options):
    refuse(None, host)
socket.socket.connect = socket.socket.connect_ex = refuse
socket.getaddrinfo = look_up
from townsfolk.town.load import load_town
from townsfolk.crews.environment import prepare_environment
town = load_town(Path(sys.argv[1]))
prepare_environment(Path(sys.argv[2]))
from townsfolk.crews.crew import script_crew
from townsfolk.crews.llm import StageLLM
from tests.support.playing import model_away
scene = next(iter(town.scenes.values()))
llm = StageLLM(lambda name, model: None, model_away())
for executor in ("fast", "stock"):
    started = time.monotonic()
    script_crew(town, scene.beat_ids(), "en", llm, executor).kickoff()
    print("seconds", time.monotonic() - started < 10)
print("reached", reached)
"""


def test_nothing_reaches_the_network_and_nobody_is_asked_to_share_traces(
    repository: Path, tmp_path: Path
) -> None:
    """On a terminal, with nothing set and a home folder that has never seen CrewAI."""
    kept = {key: os.environ[key] for key in ("PATH", "LANG") if key in os.environ}
    (tmp_path / "home").mkdir()
    starter = repository / "src/townsfolk/town/starter"
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-c", RUN_IN_A_NEW_PROCESS, str(starter), str(tmp_path)],
        cwd=repository,
        env={**kept, "HOME": str(tmp_path / "home"), "PYTHONPATH": str(repository)},
        stdin=theirs,
        stdout=theirs,
        stderr=subprocess.PIPE,
        timeout=120,
        check=False,
    )
    os.close(theirs)
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    assert done.returncode == 0, done.stderr.decode()
    assert shown.split("\r\n") == ["seconds True", "seconds True", "reached []", ""]
