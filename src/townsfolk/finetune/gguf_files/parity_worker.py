"""The process that asks an MLX model for its next tokens: a job on standard input, JSON out."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def main() -> None:
    """Answer the job: for each prompt its messages, its tokens and the likeliest next ones."""
    job = json.load(sys.stdin)
    out, sys.stdout = sys.stdout, sys.stderr
    print(json.dumps(_answered(job)), file=out)


def _answered(job: dict[str, Any]) -> list[dict[str, Any]]:
    import mlx.core as mx
    from mlx_lm import load

    model, tokenizer, *_ = load(job["model"], adapter_path=job["adapter"])
    told: list[dict[str, Any]] = []
    for messages in _prompts(job):
        tokens = tokenizer.apply_chat_template(
            messages, add_generation_prompt=True, return_dict=False
        )
        scores = model(mx.array(tokens)[None])[0, -1].astype(mx.float32)
        logarithms = scores - mx.logsumexp(scores)
        best: Any = mx.argsort(-logarithms)[: job["count"]].tolist()
        likeliest = {int(token): float(logarithms[token]) for token in best}
        told.append({"messages": messages, "tokens": list(tokens), "likeliest": likeliest})
    return told


def _prompts(job: dict[str, Any]) -> list[list[dict[str, str]]]:
    lines: list[str] = []
    for name in (job["data"], job["also"]):
        lines += Path(name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["messages"][:-1] for line in lines[: job["prompts"]]]


if __name__ == "__main__":
    main()
