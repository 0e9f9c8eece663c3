"""Player text is data: nothing in it may act on the prompt it is put into."""

from __future__ import annotations

import re
import unicodedata

MAX_CHARACTERS = 600
"""The longest thing a player says at once."""

_MARKERS = re.compile(
    r"<\|[^|>]{0,40}\|>|<\|?/?(?:s|im_start|im_end|player|system|assistant|user|lore)\|?>"
    r"|\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>",
    re.IGNORECASE,
)
_ROLE_LABEL = re.compile(r"(?im)^\s*(system|assistant|user|시스템|어시스턴트)\s*[:：]\s*")


def clean_player_text(text: str) -> str:
    """One line of plain text: no control or invisible characters, no markers of a chat format."""
    composed = unicodedata.normalize("NFC", text)
    visible = "".join(
        " " if letter in "\n\r\t" else letter
        for letter in _ROLE_LABEL.sub("", composed)
        if letter in "\n\r\t" or unicodedata.category(letter) not in {"Cc", "Cf", "Co", "Cn", "Cs"}
    )
    previous = None
    # Taking a marker out may bring another one together.
    while previous != visible:
        previous, visible = visible, _MARKERS.sub("", visible)
    fenced = visible.replace("«", '"').replace("»", '"')
    return re.sub(r"\s+", " ", fenced).strip()[:MAX_CHARACTERS].rstrip()
