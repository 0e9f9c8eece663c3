"""The data card: what the training data is, in figures."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from townsfolk.finetune.data.examples import Example
from townsfolk.finetune.data.split import PARTS


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An example that is not used, and why."""

    source: str
    reason: str


def data_hash(folder: Path) -> str:
    """The SHA-256 of the three files, one after the other."""
    content = sha256()
    for part in PARTS:
        content.update((folder / f"{part}.jsonl").read_bytes())
    return content.hexdigest()


def card(
    parts: Mapping[str, Sequence[Example]],
    lengths: Mapping[str, Sequence[int]],
    left_out: Sequence[LeftOut],
    twice: int,
    known: Mapping[str, Any],
) -> dict[str, Any]:
    """The figures of a data set; `known` is what else is to be told of it."""
    return {
        **known,
        "examples": {part: len(parts[part]) for part in PARTS},
        "kinds": {part: dict(Counter(e.kind for e in parts[part])) for part in PARTS},
        "sources": {part: dict(Counter(_origin(e.source) for e in parts[part])) for part in PARTS},
        "languages": {part: dict(Counter(e.language for e in parts[part])) for part in PARTS},
        "npcs": dict(
            Counter(e.npc for e in parts["train"] if not e.source.startswith("practice/"))
        ),
        "groups": {part: len({e.group for e in parts[part]}) for part in PARTS},
        "tokens": {
            part: {"mean": round(sum(of) / len(of), 1), "longest": max(of)}
            for part, of in lengths.items()
            if of
        },
        "words_of_a_reply": _mean_words(parts["train"]),
        "duplicates_left_out": twice,
        "left_out": [{"source": one.source, "reason": one.reason} for one in left_out],
    }


def as_markdown(told: Mapping[str, Any]) -> str:
    """The card for people."""
    lines = ["# Data card", ""]
    plain = {key: value for key, value in told.items() if not isinstance(value, dict | list)}
    lines += [f"- {key.replace('_', ' ')}: {value}" for key, value in plain.items()]
    lines += ["", "| | train | valid | test |", "|---|---|---|---|"]
    lines.append("| examples | " + " | ".join(str(told["examples"][p]) for p in PARTS) + " |")
    for key in ("kinds", "sources", "languages"):
        names = sorted({name for part in PARTS for name in told[key][part]})
        for name in names:
            counts = " | ".join(str(told[key][part].get(name, 0)) for part in PARTS)
            lines.append(f"| {key[:-1]}: {name} | {counts} |")
    if told["left_out"]:
        lines += ["", f"Left out: {len(told['left_out'])}.", ""]
        lines += [f"- {one['source']}: {one['reason']}" for one in told["left_out"][:100]]
    return "\n".join(lines) + "\n"


def as_json(told: Mapping[str, Any]) -> str:
    """The card for programs."""
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _origin(source: str) -> str:
    return source.split("/")[0] if source.startswith(("practice/", "lore/")) else "authored"


def _mean_words(examples: Sequence[Example]) -> float:
    counts = [len(example.reply.split()) for example in examples]
    return round(sum(counts) / len(counts), 1) if counts else 0.0
