"""What stands in a prompt as data: lore, players' words, queries."""

from __future__ import annotations

import re
import unicodedata

_MARKERS = re.compile(
    r"<[|｜][^|｜>]{0,40}[|｜]>|</?(?:s|think|thinking|start_of_turn|end_of_turn)>"
    r"|\[/?INST\]|<</?SYS>>",
    re.IGNORECASE,
)
"""What opens or closes a message in chat formats."""
_BRACKETS = str.maketrans({"«": '"', "»": '"', "[": "(", "]": ")"})
"""« and » are the fence; numbers in square brackets are the prompt's own."""
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cn", "Cs"})


def fenced(text: str, characters: int) -> str:
    """One line of at most so many characters that cannot end the « » it is put between."""
    # What is far beyond the end is not even looked at: a query may be 100 kB long.
    spaced = re.sub(r"\s+", " ", text[: 4 * characters])
    visible = "".join(c for c in spaced if unicodedata.category(c) not in _UNSEEN)
    previous = None
    while previous != visible:  # taking a marker out may bring another together
        previous, visible = visible, _MARKERS.sub("", visible)
    return visible.translate(_BRACKETS).strip()[:characters].rstrip()


def unthought(text: str) -> str:
    """An answer without the thinking that some models write before it."""
    return text.rpartition("</think>")[2].strip()
