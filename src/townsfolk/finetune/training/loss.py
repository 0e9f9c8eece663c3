"""The loss of a batch: cross-entropy of the replies' tokens, and of nothing else.

A vocabulary of 49,152 makes the last layer a fifth of a small model's work, and only a tenth of a
dialogue's tokens are its reply: the scores of the other tokens are never reckoned.
"""

from __future__ import annotations

from typing import Any


def reply_loss(model: Any, tokens: Any, places: Any, counted: Any) -> tuple[Any, Any]:
    """Mean cross-entropy (nats) of the tokens at `places`, weighed by `counted`, and the weights'
    sum."""
    import mlx.core as mx
    import mlx.nn as nn

    before = mx.maximum(places - 1, 0)[:, :, None]
    targets = mx.take_along_axis(tokens, places, axis=1)
    inside: Any = getattr(model, "model", None)
    head = _head(model, inside)
    if head is None:
        logits = mx.take_along_axis(model(tokens[:, :-1]), before, axis=1)
    else:
        logits = head(mx.take_along_axis(inside(tokens[:, :-1]), before, axis=1))
    entropies = nn.losses.cross_entropy(logits, targets) * counted
    count = counted.sum()
    return entropies.astype(mx.float32).sum() / count, count


def _head(model: Any, inside: Any) -> Any:
    """What turns the last layer's state into scores, where it is that alone."""
    if getattr(model, "model_type", "") not in ("llama", "mistral", "qwen2", "qwen3"):
        return None
    if getattr(model.args, "tie_word_embeddings", False):
        return inside.embed_tokens.as_linear
    return model.lm_head
