"""From dialogues, lore and practice to `train.jsonl`, `valid.jsonl` and `test.jsonl`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from townsfolk.finetune.config import FinetuneConfig
from townsfolk.finetune.data.authored import Row, read_rows, speaker_of
from townsfolk.finetune.data.card import LeftOut, as_json, as_markdown, card, data_hash
from townsfolk.finetune.data.examples import Example
from townsfolk.finetune.data.form import (
    Fits,
    Moment,
    Said,
    fitted,
    part_of,
    reply_text,
    situation_of,
    turn_prompt,
)  # fmt: skip
from townsfolk.finetune.data.own_lore import OwnLore
from townsfolk.finetune.data.practice import practice
from townsfolk.finetune.data.split import PARTS, part_of_group, split
from townsfolk.finetune.data.tokens import Counter
from townsfolk.finetune.data.wording_files import wording_hash
from townsfolk.finetune.errors import FinetuneError
from townsfolk.models.interface import Message
from townsfolk.retrieval.index import LoreIndex
from townsfolk.town.errors import Problem, TownError
from townsfolk.town.templates import PROMPT_VERSION
from townsfolk.town.town import Town
from townsfolk.turns.known import recall

DATA_VERSION = 9
"""Raised whenever the same inputs give other examples, so that they are made again."""

Progress = Callable[[float, float, str], None]
"""Called with how much is done, of how much, and what it is."""


def prepare(
    config: FinetuneConfig,
    town: Town,
    index: LoreIndex,
    count: Counter,
    counted_with: str,
    folder: Path,
    progress: Progress = lambda done, total, note: None,
) -> Mapping[str, Any]:
    """Write the data set and its card into a folder; gives what there is to tell of it.

    Raises:
        TownError: rows of the dialogues are broken; each is told, nothing is written.
        FinetuneError: nothing is left to train on.
    """
    data = config.data
    problems: list[Problem] = []
    rows = read_rows(town, data.dialogues, problems)
    if problems:
        raise TownError(problems)
    count = lru_cache(maxsize=None)(count)
    examples: list[Example] = []
    total = len(rows) + data.town_examples + data.practice_examples
    most = min(data.max_tokens, config.context)
    for example in _all(config, town, index, rows, lambda p, reply: count(p, reply) <= most):
        examples.append(example)
        if len(examples) % 50 == 0:
            progress(len(examples), total, f"{len(examples)} examples")
    fitting, left_out = _fitting(examples, count, most)
    parts, twice = split(fitting, data.valid_share, data.test_share, data.seed)
    _require(parts)
    parts["train"] = _repeated(parts["train"], data.dialogue_repeats)
    lengths = {part: [count(e.prompt, e.reply) for e in parts[part]] for part in PARTS}
    for part in PARTS:
        with (folder / f"{part}.jsonl").open("w", encoding="utf-8") as file:
            for example in parts[part]:
                file.write(json.dumps(example.as_chat(), ensure_ascii=False) + "\n")
    known = {
        "data_hash": data_hash(folder),
        "prompt_version": PROMPT_VERSION,
        "profile": config.profile,
        "town": town.config.name.get(data.languages[0]),
        "seed": data.seed,
        "wording_hash": wording_hash(),
        "tokens_counted_with": counted_with,
    }
    told = card(parts, lengths, left_out, twice, known)
    (folder / "card.json").write_text(as_json(told), encoding="utf-8")
    (folder / "card.md").write_text(as_markdown(told), encoding="utf-8")
    return {"data_hash": told["data_hash"], "examples": told["examples"],
            "left_out": len(left_out), "duplicates": twice}  # fmt: skip


def _all(
    config: FinetuneConfig, town: Town, index: LoreIndex, rows: Sequence[Row], fits: Fits
) -> Iterator[Example]:
    data, strength, context = config.data, config.profile, config.context

    def part_of(group: str) -> str:
        return part_of_group(group, data.valid_share, data.test_share, data.seed)

    # Prompts show no dialogue that is kept for the test.
    training = [row for row in rows if part_of(_group(row)) == "train"]
    for row in rows:
        if row.language in data.languages:
            yield _of_row(config, town, index, rows, training, row, fits)
    shown = _showing(town, training)
    for language in data.languages:
        count = data.town_examples // len(data.languages)
        own = OwnLore(shown, index, language, strength, context, fits)
        yield from own.examples(count, data.seed)
    if "en" in data.languages and data.practice_examples:
        yield from practice(town, data.practice_examples, data.seed, strength, context, part_of)


def _of_row(
    config: FinetuneConfig,
    town: Town,
    index: LoreIndex,
    rows: Sequence[Row],
    training: Sequence[Row],
    row: Row,
    fits: Fits,
) -> Example:
    """An authored exchange with the lore that the turn's own search gives for it."""
    agent, said = speaker_of(town, row, rows), row.dialogue.input
    around = replace(
        town,
        agents={**town.agents, agent.id: agent},
        dialogues=_showing(town, [other for other in training if other is not row]).dialogues,
    )
    heard = (Said(said),) if said.strip() else ()
    moment = Moment(agent, (), heard, row.language, task=row.dialogue.instruction)
    if agent.id in town.agents:
        part, situation = part_of(around, moment), situation_of(around, moment)
        moment = replace(moment, lore=recall(around, index, part, situation, config.profile).given)
    reply = reply_text(row.dialogue.output, config.profile)

    def prompt(tried: Moment) -> tuple[Message, ...]:
        return turn_prompt(around, tried, config.profile, config.context)

    moment = fitted(moment, lambda tried: fits(prompt(tried), reply))
    return Example(
        "authored", row.source, _group(row), agent.id, row.language, prompt(moment), reply
    )


def _showing(town: Town, rows: Sequence[Row]) -> Town:
    """The town with these dialogues alone, for prompts that show examples."""
    return replace(town, dialogues=tuple(row.dialogue for row in rows))


def _group(row: Row) -> str:
    """Rows with the same question to the same NPC are one conversation."""
    return f"authored/{row.dialogue.NPC_Name}/{' '.join(row.dialogue.input.lower().split())}"


def _fitting(
    examples: Sequence[Example], count: Counter, most: int
) -> tuple[list[Example], list[LeftOut]]:
    fitting: list[Example] = []
    left_out: list[LeftOut] = []
    for example in examples:
        length = count(example.prompt, example.reply)
        if length <= most:
            fitting.append(example)
        else:
            left_out.append(LeftOut(example.source, f"{length} tokens, and {most} are allowed"))
    return fitting, left_out


def _repeated(train: list[Example], times: int) -> list[Example]:
    """Authored dialogues so often, everything else once; spread evenly."""
    if times == 1:
        return train
    others = [example for example in train if example.kind != "authored"]
    authored = [example for example in train if example.kind == "authored"] * times
    if not authored or not others:
        return others or authored
    step = len(others) / len(authored)
    for number, example in enumerate(authored):
        others.insert(int(number * (step + 1)), example)
    return others


def _require(parts: Mapping[str, Sequence[Example]]) -> None:
    for part in PARTS[:2]:
        if not parts[part]:
            raise FinetuneError(
                f"no example is left for {part}; raise data.town_examples, "
                "data.practice_examples or data.max_tokens, or write more dialogues"
            )
