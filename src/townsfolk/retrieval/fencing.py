"""What stands in a prompt as data: lore, players' words, queries."""

from __future__ import annotations

import re

from townsfolk.language.chat_markers import is_unseen, without_markers

_BRACKETS = str.maketrans({"«": '"', "»": '"', "[": "(", "]": ")"})
"""« and » are the fence; numbers in square brackets are the prompt's own."""


def fenced(text: str, characters: int) -> str:
    """One line of at most so many characters that cannot end the « » it is put between."""
    # What is far beyond the end is not even looked at: a query may be 100 kB long.
    spaced = re.sub(r"\s+", " ", text[: 4 * characters])
    visible = without_markers("".join(letter for letter in spaced if not is_unseen(letter)))
    return visible.translate(_BRACKETS).strip()[:characters].rstrip()


def unthought(text: str) -> str:
    """An answer without the thinking that some models write before it."""
    return text.rpartition("</think>")[2].strip()
