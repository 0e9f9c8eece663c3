"""The order of the rows of attention's query and key weights.

llama.cpp turns pairs of neighbouring rows (Su et al., 2021, RoFormer), Hugging Face's Llama turns
a row of the first half with one of the second: the same weights in two orders.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Weights = NDArray[np.floating]


def to_gguf_order(rows: Weights, heads: int) -> Weights:
    """Rows (`heads × size of a head`, …) in Hugging Face's order, brought to llama.cpp's."""
    halves = rows.reshape(heads, 2, rows.shape[0] // heads // 2, *rows.shape[1:])
    return halves.swapaxes(1, 2).reshape(rows.shape)


def to_hugging_face_order(rows: Weights, heads: int) -> Weights:
    """The way back."""
    pairs = rows.reshape(heads, rows.shape[0] // heads // 2, 2, *rows.shape[1:])
    return pairs.swapaxes(1, 2).reshape(rows.shape)
