"""Making a Langfuse project ready: score configs, prompts, datasets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from townsfolk.store.langfuse.client import LangfuseClient
from townsfolk.store.langfuse.score_configs import SCORE_CONFIGS, ScoreConfig
from townsfolk.store.records import Episode, digest
from townsfolk.store.tracing.identity import observation_id, trace_id
from townsfolk.store.tracing.observations import ROOT
from townsfolk.store.tracing.traces import is_traced, said_before

_PAGE = 100
_CONFIGS = "/api/public/score-configs"
_PROMPTS = "/api/public/v2/prompts"


def create_score_configs(client: LangfuseClient) -> list[str]:
    """Create the score configs that the project lacks; gives their names. Raises LangfuseError."""
    known = {str(config["name"]) for config in _all(client, _CONFIGS)}
    lacking = [config for config in SCORE_CONFIGS if config.name not in known]
    for config in lacking:
        client.create(_CONFIGS, _config(config))
    return [config.name for config in lacking]


def push_prompts(client: LangfuseClient, texts: Mapping[str, str], version: str) -> list[str]:
    """Make a new version of each prompt whose newest text is another; gives their names.

    Raises LangfuseError.
    """
    # A label has no slash.
    label = re.sub(r"[^a-z0-9_.-]", "-", version.lower())
    pushed: list[str] = []
    for name, text in texts.items():
        newest = client.get(_PROMPTS, name, label="latest")
        if newest is not None and newest.get("prompt") == text:
            continue
        client.create(
            _PROMPTS,
            {
                "type": "text", "name": name, "prompt": text, "labels": [label],
                "tags": ["townsfolk", version], "config": {"version": version},
                "commitMessage": f"townsfolk langfuse setup ({version})",
            },
        )  # fmt: skip
        pushed.append(name)
    return pushed


def fill_dataset(client: LangfuseClient, name: str, episode: Episode) -> int:
    """Put an episode's turns into a dataset, which is made where there is none; gives how many.

    An item that is there is replaced. Raises LangfuseError.
    """
    client.create("/api/public/v2/datasets", {"name": name})
    number = 0
    for item in _dataset_items(name, episode):
        client.create("/api/public/dataset-items", item)
        number += 1
    return number


def _all(client: LangfuseClient, path: str) -> Iterator[Any]:
    page = 1
    while True:
        answer = client.get(path, page=page, limit=_PAGE) or {}
        yield from answer.get("data", [])
        if page >= answer.get("meta", {}).get("totalPages", 0):
            return
        page += 1


def _config(config: ScoreConfig) -> dict[str, Any]:
    told: dict[str, Any] = {"name": config.name, "dataType": config.data_type}
    told |= {"minValue": config.minimum, "maxValue": config.maximum}
    told |= {"description": config.description or None}
    return {key: value for key, value in told.items() if value is not None}


def _dataset_items(name: str, episode: Episode) -> Iterator[dict[str, Any]]:
    transcript = episode.transcript
    for place, turn in enumerate(transcript.turns):
        if not is_traced(turn):
            continue
        trace = trace_id(episode.id, turn.number)
        yield {
            "datasetName": name,
            "id": digest(name, trace)[:32],
            "input": {
                "said": said_before(transcript.turns[:place], turn.speaker), "npc": turn.speaker,
                "scene": transcript.scene, "language": transcript.language, "lore": turn.lore,
            },
            "expectedOutput": {"speech": turn.speech},
            "metadata": {"episode": episode.id, "turn": turn.number, "origin": turn.origin},
            "sourceTraceId": trace,
            "sourceObservationId": observation_id(episode.id, turn.number, ROOT),
        }  # fmt: skip
