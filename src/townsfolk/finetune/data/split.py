"""Training, validation and test: by conversation, and with nothing of test in training."""

from __future__ import annotations

import random
from collections.abc import Iterable
from hashlib import sha256

from townsfolk.finetune.data.examples import Example

PARTS = ("train", "valid", "test")


def split(
    examples: Iterable[Example], valid_share: float, test_share: float, seed: int
) -> tuple[dict[str, list[Example]], int]:
    """The examples by part, shuffled, and how many were left out because another says the same.

    What is of one group is in one part. A reply and question that stand in test and, by chance, in
    another group of training too are taken out of training.
    """
    parts: dict[str, list[Example]] = {part: [] for part in PARTS}
    seen: set[str] = set()
    twice = 0
    for example in examples:
        if example.key in seen:
            twice += 1
            continue
        seen.add(example.key)
        parts[part_of_group(example.group, valid_share, test_share, seed)].append(example)
    _lend(parts, seed)
    kept_apart = {_said(e) for part in ("valid", "test") for e in parts[part]}
    train = [example for example in parts["train"] if _said(example) not in kept_apart]
    twice += len(parts["train"]) - len(train)
    parts["train"] = train
    for part in PARTS:
        random.Random(f"{seed}/{part}").shuffle(parts[part])
    return parts, twice


def part_of_group(group: str, valid_share: float, test_share: float, seed: int) -> str:
    """The part that a group belongs to, whatever else there is."""
    place = _place(group, seed)
    if place < test_share:
        return "test"
    return "valid" if place < test_share + valid_share else "train"


def _place(group: str, seed: int) -> float:
    """A number from 0 to 1 that a group has by chance and always."""
    digest = sha256(f"{seed}/{group}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def _lend(parts: dict[str, list[Example]], seed: int) -> None:
    """Give validation a group of training's where chance, with few groups, gave it none."""
    if parts["valid"] or not parts["train"]:
        return
    group = min({example.group for example in parts["train"]}, key=lambda g: _place(g, seed))
    parts["valid"] = [example for example in parts["train"] if example.group == group]
    parts["train"] = [example for example in parts["train"] if example.group != group]


def _said(example: Example) -> tuple[str, str]:
    return example.prompt[-1].content, example.reply
