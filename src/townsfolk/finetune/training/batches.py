"""Batches of tokenized dialogues, in an order that a seed settles, so that training can go on.

Dialogues whose prompts begin alike are put together: what they have in common (a persona, its lore,
nine tenths of a prompt) then goes through the model once for all of them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

Example = tuple[Sequence[int], int]
"""The tokens of a dialogue, and how many of them are its prompt."""

_PAD = 16
"""Lengths are rounded to a multiple of it, so that few shapes are compiled."""
_NEIGHBOURS = 16
"""Batches among whose shares those of like length are put together."""
_ALIKE = 0.5
"""The part of a dialogue's tokens that it has in common with those it is put together with."""


@dataclass(frozen=True, slots=True)
class Batches:
    """What `mlx_lm`'s trainer calls for batches; it may start in the middle."""

    seed: int
    start: int = 0
    """Batches that were trained on before."""
    new_word_weight: float = 1.0
    """What a token of a reply counts in the loss that stands nowhere in its prompt."""
    sharing: bool = True
    """Whether the beginning that all dialogues of a batch have in common stands in it once."""

    def __call__(
        self,
        dataset: Sequence[Example],
        batch_size: int,
        max_seq_length: int,
        loop: bool = False,
        seed: int | None = None,
        comm_group: Any = None,
    ) -> Iterator[tuple[Any, Any, Any, Any]]:
        """The tokens that all dialogues begin with (1, shared), those that follow (batch, length),
        places of the replies' tokens in the latter, and what each of those counts, 0 to 1 (batch,
        longest reply).

        With `loop`, epoch after epoch from `start` on; else once, in order. Of several processes
        each gets its share of every batch; a share may have fewer dialogues than its part of
        `batch_size`, where no more begin alike.
        """
        rank, ranks = (comm_group.rank(), comm_group.size()) if comm_group else (0, 1)
        shares = alike([tokens for tokens, _ in dataset], max(1, batch_size // ranks))
        lengths = [max(len(dataset[i][0]) for i in share) for share in shares]
        if not loop:
            for first in range(0, len(shares), ranks):
                # All processes take part in each look: where shares run out, one is seen twice.
                share = shares[min(first + rank, len(shares) - 1)]
                yield self._arrays([dataset[i] for i in share])
            return
        epoch, skipped = divmod(self.start, max(1, len(shares) // ranks))
        while True:
            for batch in epoch_order(lengths, ranks, self.seed + epoch)[skipped:]:
                yield self._arrays([dataset[i] for i in shares[batch[rank]]])
            epoch, skipped = epoch + 1, 0

    def _arrays(self, examples: Sequence[Example]) -> tuple[Any, Any, Any, Any]:
        import mlx.core as mx
        import numpy as np

        shared = self._shared(examples)
        length = _rounded(max(len(tokens) for tokens, _ in examples) - shared)
        reply = _rounded(max(len(tokens) - prompt for tokens, prompt in examples))
        beginning = np.array([examples[0][0][:shared]], np.int32)
        tokens_of = np.zeros((len(examples), length), np.int32)
        places = np.zeros((len(examples), reply), np.int32)
        counted = np.zeros(places.shape, np.float32)
        for row, (tokens, prompt) in enumerate(examples):
            tokens_of[row, : len(tokens) - shared] = tokens[shared:]
            places[row, : len(tokens) - prompt] = np.arange(prompt, len(tokens)) - shared
            told = {*tokens[:prompt]}
            counted[row, : len(tokens) - prompt] = [
                1.0 if token in told else self.new_word_weight for token in tokens[prompt:]
            ]
        return mx.array(beginning), mx.array(tokens_of), mx.array(places), mx.array(counted)

    def _shared(self, examples: Sequence[Example]) -> int:
        """How many tokens stand once; the one before a reply is each dialogue's own."""
        if not self.sharing or len(examples) < 2:
            return 0
        first = examples[0][0]
        shared = min(prompt - 1 for _, prompt in examples)
        for tokens, _ in examples[1:]:
            shared = min(shared, _in_common(first, tokens))
        return shared // _PAD * _PAD


def alike(dialogues: Sequence[Sequence[int]], size: int) -> list[list[int]]:
    """All dialogues, by their place, in shares of at most so many, those that begin alike together.

    Those with nobody alike share with each other.
    """
    runs: list[list[int]] = []
    for place in sorted(range(len(dialogues)), key=lambda i: (*dialogues[i],)):
        tokens = dialogues[place]
        if runs and len(runs[-1]) < size:
            common = _in_common(dialogues[runs[-1][0]], tokens)
            if common >= _ALIKE * len(tokens):
                runs[-1].append(place)
                continue
        runs.append([place])
    shares: list[list[int]] = []
    for run in runs:
        if shares and len(shares[-1]) + len(run) <= size:
            shares[-1] += run
        else:
            shares.append(list(run))
    return shares


def epoch_order(lengths: Sequence[int], size: int, seed: int) -> list[list[int]]:
    """The shares of one epoch, `size` of them (one for each process) in a batch: shuffled, and
    neighbours of like length together."""
    generator = random.Random(seed)
    order = list(range(len(lengths)))
    generator.shuffle(order)
    batches: list[list[int]] = []
    for first in range(0, len(order), size * _NEIGHBOURS):
        near = sorted(order[first : first + size * _NEIGHBOURS], key=lambda i: lengths[i])
        batches += [near[i : i + size] for i in range(0, len(near) - size + 1, size)]
    generator.shuffle(batches)
    return batches


def _in_common(first: Sequence[int], second: Sequence[int]) -> int:
    pairs = zip(first, second, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _rounded(length: int) -> int:
    return (length + _PAD - 1) // _PAD * _PAD
