"""The loss of a batch: cross-entropy of the replies' tokens, and of nothing else.

A vocabulary of 49,152 makes the last layer a fifth of a small model's work, and only a tenth of a
dialogue's tokens are its reply: the scores of the other tokens are never reckoned. What the prompts
of a batch have in common is reckoned once, as a server does with a cached prompt.
"""

from __future__ import annotations

from typing import Any

_KNOWN = ("llama", "mistral", "qwen2", "qwen3")
"""Models whose last layer is a product with one matrix and nothing else, and whose keys and values
`ConcatenateKVCache` can hold."""


def shares_beginnings(model: Any) -> bool:
    """Whether prompts of this model may go through it in two parts: all layers see all before."""
    known = getattr(model, "model_type", "") in _KNOWN
    return known and getattr(model.model, "swa_idx", None) is None


def reply_loss(model: Any, shared: Any, tokens: Any, places: Any, counted: Any) -> tuple[Any, Any]:
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
        cache = _beginning(inside, shared, len(tokens)) if shared.shape[1] else None
        logits = head(mx.take_along_axis(inside(tokens[:, :-1], cache), before, axis=1))
    entropies = nn.losses.cross_entropy(logits, targets) * counted
    count = counted.sum()
    return entropies.astype(mx.float32).sum() / count, count


def _beginning(inside: Any, shared: Any, dialogues: int) -> list[Any]:
    """The keys and values of the common beginning, for each of so many dialogues."""
    import mlx.core as mx
    from mlx_lm.models.cache import ConcatenateKVCache

    cache = [ConcatenateKVCache() for _ in inside.layers]
    inside(shared, cache)
    for layer in cache:
        for name in ("keys", "values"):
            once = getattr(layer, name)
            setattr(layer, name, mx.broadcast_to(once, (dialogues, *once.shape[1:])))
    return cache


def _head(model: Any, inside: Any) -> Any:
    """What turns the last layer's state into scores, where it is that alone."""
    if getattr(model, "model_type", "") not in _KNOWN:
        return None
    if getattr(model.args, "tie_word_embeddings", False):
        return inside.embed_tokens.as_linear
    return model.lm_head
