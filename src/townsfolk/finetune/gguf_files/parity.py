"""Whether a GGUF file says what the MLX model it was made of says.

Looked at are the log-probabilities of the next token after held-out prompts: greedy text differs
between precisions where two words are as likely, and says nothing of how far apart they are.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from townsfolk.finetune.commands import run_command
from townsfolk.finetune.errors import FinetuneError
from townsfolk.finetune.training.openblas import find_openblas, mlx_environment
from townsfolk.models.log_probabilities import NextTokens

LIKELIEST = 3
_WIDER = 12
"""Of the other model more are asked for, so that the same tokens are among them."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What MLX expects after one prompt."""

    messages: Sequence[Mapping[str, str]]
    tokens: Sequence[int]
    likeliest: Mapping[int, float]


def expected_by_mlx(model: Path, adapter: Path | None, data: Path, prompts: int) -> list[Expected]:
    """The likeliest next tokens after the first held-out prompts, of the MLX model.

    Raises:
        FinetuneError: MLX could not load it.
    """
    job = {"model": str(model), "adapter": str(adapter) if adapter else None,
           "data": str(data / "test.jsonl"), "also": str(data / "valid.jsonl"),
           "prompts": prompts, "count": LIKELIEST}  # fmt: skip
    command = [sys.executable, "-m", "townsfolk.finetune.gguf_files.parity_worker"]
    environment = {**os.environ, **mlx_environment(find_openblas())}
    failed = "MLX could not look at the model for the check of parity"
    written = run_command(command, failed, environment, json.dumps(job))
    told: list[dict[str, Any]] = json.loads(written.splitlines()[-1])
    return [
        Expected(one["messages"], one["tokens"], {int(t): p for t, p in one["likeliest"].items()})
        for one in told
    ]


def check_parity(
    expected: Sequence[Expected], weights: Path, adapter: Path | None, bound: float
) -> float:
    """The largest difference of a log-probability, in nats.

    Raises:
        FinetuneError: it is above the bound, or the file's template or tokenizer makes other tokens
            of a conversation than the trained model's.
    """
    name = adapter.name if adapter else weights.name
    longest = max(len(one.tokens) for one in expected)
    model = NextTokens(weights, adapter, context=longest + 64)
    apart = 0.0
    for one in expected:
        found = model.prompt_tokens(one.messages)
        if found != len(one.tokens):
            raise FinetuneError(
                f"{name} makes {found} tokens of a prompt of {len(one.tokens)}: its vocabulary or "
                "chat template is not that of the trained model"
            )
        likely = model.after(one.tokens, _WIDER)
        floor = min(likely.values())
        for token, probability in one.likeliest.items():
            apart = max(apart, abs(probability - likely.get(token, floor)))
    if apart > bound:
        raise FinetuneError(
            f"{name} differs from the MLX model by {apart:.3f} nats, and {bound:g} are allowed "
            "(gguf.parity_bound, gguf.adapter_parity_bound): the conversion is wrong, or the base "
            "was quantized harder than thought"
        )
    return apart
