"""Which model serves which role: the environment, then `models.yaml`, then the embedded model."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast, get_args

from pydantic import Field

from townsfolk.models.embedded import EMBEDDED_NAME, EMBEDDED_PROFILE
from townsfolk.models.errors import ModelSetupError
from townsfolk.models.ollama import OllamaModel, find_model, is_ollama, ollama_host
from townsfolk.models.parameters import LiteLLMParameters
from townsfolk.models.profile import ModelProfile, Strength
from townsfolk.models.weights import embedded_weights
from townsfolk.town.errors import Problem, TownError
from townsfolk.town.schema import Entry, validate
from townsfolk.town.source import SourceError
from townsfolk.town.yaml_source import read_yaml

ModelRole = Literal["npc", "player", "judge"]
MODELS_FILE = "models.yaml"
EMBEDDED = "embedded"
SMALLEST_CONTEXT = 1024
"""Tokens that a turn's prompt and answer need at least."""


class DeploymentEntry(Entry):
    """One entry of LiteLLM's `model_list`, and what the model can do."""

    model_name: ModelRole
    """The role it serves; several entries of one role are balanced."""
    litellm_params: LiteLLMParameters
    """LiteLLM's parameters: `model`, `api_base`, `api_key`, `num_ctx`, `keep_alive`, …"""
    profile: ModelProfile | None = None
    """What it can do; asked of Ollama key by key, or taken as strong, when left out."""


class ModelsFile(Entry):
    """The file `models.yaml`."""

    model_list: list[DeploymentEntry] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Deployment:
    """A model that LiteLLM can call, and what it can do."""

    parameters: Mapping[str, Any]
    profile: ModelProfile

    @property
    def model(self) -> str:
        """LiteLLM's name of it."""
        return str(self.parameters["model"])


@dataclass(frozen=True, slots=True)
class Choice:
    """The model of a role: the embedded one, or deployments among which calls are balanced."""

    role: ModelRole
    deployments: tuple[Deployment, ...] = ()

    @property
    def embedded(self) -> bool:
        """Whether it runs in this process."""
        return not self.deployments

    @property
    def name(self) -> str:
        """What it is called in transcripts and messages."""
        return ", ".join(d.model for d in self.deployments) or EMBEDDED_NAME

    @property
    def profile(self) -> ModelProfile:
        """What every one of its deployments can do."""
        if not self.deployments:
            return EMBEDDED_PROFILE
        profiles = [deployment.profile for deployment in self.deployments]
        return ModelProfile(
            strength="weak" if any(p.strength == "weak" for p in profiles) else "strong",
            context=min(p.context for p in profiles),
            json_schema=all(p.json_schema for p in profiles),
            tools=all(p.tools for p in profiles),
            languages=tuple(
                language
                for language in profiles[0].languages
                if all(language in p.languages for p in profiles)
            ),
        )


def choose_model(role: ModelRole, town_root: Path) -> Choice:
    """The model of a role, asked for and found.

    Raises:
        TownError: `models.yaml` has mistakes.
        ModelSetupError: the model cannot be used, and why.
    """
    variable = f"TOWNSFOLK_{role.upper()}_MODEL"
    named = os.environ.get(variable, "").strip()
    if named:
        return named_model(role, named, f"{variable}=")
    entries = [e for e in read_models_file(town_root) if e.model_name == role]
    if not entries:
        return _embedded(role)
    return Choice(role, tuple(_deployment(e.litellm_params.stated(), e.profile) for e in entries))


def named_model(role: ModelRole, named: str, told: str = "") -> Choice:
    """A model by its name, such as `ollama_chat/llama3.1`; `told` opens the message of a wrong one.

    Raises:
        ModelSetupError: the model cannot be used, and why.
    """
    if named == EMBEDDED:
        return _embedded(role)
    if "/" not in named:
        raise ModelSetupError(
            f"{told}{named!r} names no provider; write for example "
            f"ollama_chat/{named}, openai/{named}, or embedded"
        )
    return Choice(role, (_deployment({"model": named}, _profile_from_environment(role, named)),))


def model_for(role: ModelRole, named: str, town_root: Path) -> Choice:
    """A model by its name, or the role's own where the name is empty; raises as those do."""
    return named_model(role, named) if named else choose_model(role, town_root)


def read_models_file(town_root: Path) -> list[DeploymentEntry]:
    """The deployments of `models.yaml`; none when there is no such file. Raises TownError."""
    path = town_root / MODELS_FILE
    if not path.exists():
        return []
    problems: list[Problem] = []
    try:
        source = read_yaml(town_root, path)
    except SourceError as error:
        raise TownError([error.problem]) from None
    if source.data is None:
        return []
    parsed: ModelsFile | None = validate(ModelsFile, source, problems)
    problems.extend(source.duplicates)
    if problems or parsed is None:
        raise TownError(problems)
    return parsed.model_list


def require_language(choice: Choice, language: str) -> None:
    """Refuse a language that the model does not speak.

    Raises:
        ModelSetupError: with what to do.
    """
    if language in choice.profile.languages:
        return
    spoken = ", ".join(choice.profile.languages) or "none"
    name = {"ko": "Korean", "en": "English"}.get(language, language)
    raise ModelSetupError(
        f"{choice.name} does not speak {name} (it speaks: {spoken}); play in another language "
        f"with --language, or name a model that does, for example "
        f"TOWNSFOLK_{choice.role.upper()}_MODEL=ollama_chat/llama3.1 (ollama pull llama3.1)"
    )


def _embedded(role: ModelRole) -> Choice:
    """The embedded model, if its weights are installed."""
    embedded_weights()
    return Choice(role)


def _profile_from_environment(role: ModelRole, model: str) -> ModelProfile | None:
    """The profile of a stated strength; the rest of an Ollama model's is asked of Ollama."""
    variable = f"TOWNSFOLK_{role.upper()}_PROFILE"
    stated = os.environ.get(variable, "").strip()
    if not stated:
        return None
    if stated not in get_args(Strength):
        raise ModelSetupError(f"{variable} is {stated!r}; allowed: weak, strong")
    strength = cast(Strength, stated)
    if is_ollama(model):
        return ModelProfile(strength=strength)
    return ModelProfile(strength=strength, tools=strength == "strong")


def _deployment(parameters: Mapping[str, Any], profile: ModelProfile | None) -> Deployment:
    model = str(parameters["model"])
    if is_ollama(model):
        deployment = _ollama_deployment(parameters, profile)
    else:
        deployment = Deployment(parameters, profile or ModelProfile(tools=True))
    if deployment.profile.context < SMALLEST_CONTEXT:
        raise ModelSetupError(
            f"{model} has a context of {deployment.profile.context} tokens; a turn needs at least "
            f"{SMALLEST_CONTEXT}: raise num_ctx, or name another model"
        )
    return deployment


def _ollama_deployment(parameters: Mapping[str, Any], stated: ModelProfile | None) -> Deployment:
    """The deployment with what Ollama says of the model, where the town does not say it."""
    # Ollama's chat endpoint, whichever of LiteLLM's two prefixes was written.
    model = f"ollama_chat/{str(parameters['model']).split('/', 1)[1]}"
    host = ollama_host(parameters.get("api_base"))
    found = find_model(model, host)
    profile = _completed(stated, found, parameters.get("num_ctx"))
    # More than the model has is not to be had, whoever asks for it.
    asked = min(parameters.get("num_ctx", profile.context), found.context)
    prepared = {"keep_alive": "30m", **parameters}
    prepared |= {"model": model, "api_base": host, "num_ctx": asked}
    return Deployment(prepared, profile)


def _completed(stated: ModelProfile | None, found: OllamaModel, asked: int | None) -> ModelProfile:
    """A profile with the keys that the town states, and Ollama's word for the others.

    Its context is the smallest of what is stated, what is asked for and what the model has.
    """
    keys = stated.model_dump(exclude_unset=True) if stated else {}
    profile = found.profile(keys.get("strength")).model_copy(update=keys)
    contexts = [found.context, *([asked] if asked else [])]
    if "context" in keys or not asked:
        contexts.append(profile.context)
    return profile.model_copy(update={"context": min(contexts)})
