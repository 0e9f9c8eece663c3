"""Player text is data: nothing in it may act on the prompt it is put into."""

from __future__ import annotations

import re
import unicodedata

MAX_CHARACTERS = 600
"""The longest thing a player says at once."""

_READ = 4 * MAX_CHARACTERS
"""What is beyond this is not even looked at."""

_MARKERS = re.compile(
    r"<[|｜][^|｜>]{0,40}[|｜]>|<\|?/?(?:s|im_start|im_end|player|system|assistant|user|lore)\|?>"
    r"|\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>",
    re.IGNORECASE,
)
_ROLE_LABEL = re.compile(r"(?im)^[^\S\n]*(system|assistant|user|시스템|어시스턴트)\s*[:：]\s*")
_INVISIBLE = re.compile("[\u034f\u115f\u1160\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
"""What is drawn as nothing and is a letter or a mark to Unicode all the same."""


def clean_player_text(text: str) -> str:
    """One line of plain text: no control or invisible characters, no markers of a chat format."""
    lines = "\n".join(unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).splitlines())
    visible = "".join(
        letter
        for letter in lines.replace("\t", " ")
        if letter == "\n" or unicodedata.category(letter) not in {"Cc", "Cf", "Co", "Cn", "Cs"}
    )[:_READ]
    previous = None
    # Taking a marker or a label out may bring another one together.
    while previous != visible:
        previous, visible = visible, _ROLE_LABEL.sub("", _MARKERS.sub("", visible))
    fenced = visible.replace("«", '"').replace("»", '"')
    return re.sub(r"\s+", " ", fenced).strip()[:MAX_CHARACTERS].rstrip()
