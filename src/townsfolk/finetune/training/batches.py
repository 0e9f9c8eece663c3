"""Batches of tokenized dialogues, in an order that a seed settles, so that training can go on."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

Example = tuple[Sequence[int], int]
"""The tokens of a dialogue, and how many of them are its prompt."""

_PAD = 16
"""Lengths are rounded up to a multiple of it, so that few shapes are compiled."""
_NEIGHBOURS = 16
"""Batches among whose examples those of like length are put together."""


@dataclass(frozen=True, slots=True)
class Batches:
    """What `mlx_lm`'s trainer calls for batches; it may start in the middle."""

    seed: int
    start: int = 0
    """Batches that were trained on before."""
    new_word_weight: float = 1.0
    """What a token of a reply counts in the loss that stands nowhere in its prompt."""

    def __call__(
        self,
        dataset: Sequence[Example],
        batch_size: int,
        max_seq_length: int,
        loop: bool = False,
        seed: int | None = None,
        comm_group: Any = None,
    ) -> Iterator[tuple[Any, Any, Any]]:
        """Tokens (batch, length); places of the replies' tokens, and what each of those counts, 0
        to 1 (batch, longest reply).

        With `loop`, epoch after epoch from `start` on; else once, in order. Of several processes
        each gets its share of every batch.
        """
        size = min(batch_size, len(dataset))
        rank, ranks = (comm_group.rank(), comm_group.size()) if comm_group else (0, 1)
        share = slice(rank, None, ranks)
        if not loop:
            ordered = sorted(range(len(dataset)), key=lambda i: len(dataset[i][0]))
            for first in range(0, len(ordered) - size + 1, size):
                yield self._arrays([dataset[i] for i in ordered[first : first + size][share]])
            return
        a_round = len(dataset) // size
        epoch, skipped = divmod(self.start, a_round)
        while True:
            batches = epoch_order([len(tokens) for tokens, _ in dataset], size, self.seed + epoch)
            for batch in batches[skipped:]:
                yield self._arrays([dataset[i] for i in batch[share]])
            epoch, skipped = epoch + 1, 0

    def _arrays(self, examples: Sequence[Example]) -> tuple[Any, Any, Any]:
        import mlx.core as mx
        import numpy as np

        length = _rounded(max(len(tokens) for tokens, _ in examples))
        reply = _rounded(max(len(tokens) - prompt for tokens, prompt in examples))
        tokens_of = np.zeros((len(examples), length), np.int32)
        places = np.zeros((len(examples), reply), np.int32)
        counted = np.zeros(places.shape, np.float32)
        for row, (tokens, prompt) in enumerate(examples):
            tokens_of[row, : len(tokens)] = tokens
            places[row, : len(tokens) - prompt] = np.arange(prompt, len(tokens))
            told = {*tokens[:prompt]}
            counted[row, : len(tokens) - prompt] = [
                1.0 if token in told else self.new_word_weight for token in tokens[prompt:]
            ]
        return mx.array(tokens_of), mx.array(places), mx.array(counted)


def epoch_order(lengths: Sequence[int], size: int, seed: int) -> list[list[int]]:
    """The examples of one epoch in batches: shuffled, and neighbours of like length together."""
    generator = random.Random(seed)
    order = list(range(len(lengths)))
    generator.shuffle(order)
    batches: list[list[int]] = []
    for first in range(0, len(order), size * _NEIGHBOURS):
        near = sorted(order[first : first + size * _NEIGHBOURS], key=lambda i: lengths[i])
        batches += [near[i : i + size] for i in range(0, len(near) - size + 1, size)]
    generator.shuffle(batches)
    return batches


def _rounded(length: int) -> int:
    return (length + _PAD - 1) // _PAD * _PAD
