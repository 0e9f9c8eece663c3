"""Reading a strong model's structured answer, also where it is broken."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

_LOOKUP = re.compile(r"^\s*SEARCH\s*[:：]\s*(.+?)\s*$", re.MULTILINE)
_FENCE = re.compile(r"^```[a-z]*\s*|\s*```$")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a strong model says and does."""

    speech: str
    stage: str = ""
    actions: tuple[tuple[str, dict[str, Any]], ...] = field(default=())
    cut: bool = False
    """It broke off before its end."""


def answer_schema(actions: list[str], thinks: bool) -> dict[str, Any]:
    """The JSON schema of an answer; the thought comes first, so that it shapes the speech."""
    properties: dict[str, Any] = {"thought": {"type": "string"}} if thinks else {}
    properties |= {"speech": {"type": "string"}, "stage": {"type": "string"}}
    if actions:
        call = {
            "type": "object",
            "properties": {"name": {"enum": actions}, "arguments": {"type": "object"}},
            "required": ["name", "arguments"],
        }
        properties["actions"] = {"type": "array", "items": call, "maxItems": 3}
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def parse_answer(text: str) -> Answer:
    """The answer in a text: JSON, broken JSON mended, or else the text itself as the speech."""
    stripped = _FENCE.sub("", text.strip())
    start = stripped.find("{")
    if start < 0:
        return Answer(text)
    from json_repair import repair_json

    try:
        data = repair_json(stripped[start:], return_objects=True)
    except (ValueError, RecursionError):  # nested deeper than it can read
        return Answer(text)
    if not isinstance(data, dict) or not isinstance(data.get("speech"), str):
        return Answer(text)
    stage = data.get("stage")
    return Answer(
        speech=data["speech"],
        stage=stage.strip() if isinstance(stage, str) else "",
        actions=tuple(_actions(data.get("actions"))),
        cut="}" not in stripped,
    )


def lookup_query(text: str) -> str | None:
    """What a model without tools asks to look up."""
    match = _LOOKUP.search(text)
    return match.group(1) if match else None


def _actions(value: Any) -> list[tuple[str, dict[str, Any]]]:
    found: list[tuple[str, dict[str, Any]]] = []
    for row in value if isinstance(value, list) else []:
        if isinstance(row, dict) and isinstance(row.get("name"), str):
            arguments = row.get("arguments")
            action = (row["name"], arguments if isinstance(arguments, dict) else {})
            # A model that goes in a circle does not sell the same thing three times.
            if action not in found:
                found.append(action)
    return found
