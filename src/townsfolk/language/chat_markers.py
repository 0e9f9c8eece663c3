"""What no text that is data may carry into a prompt: markers of chat formats, unseen letters."""

from __future__ import annotations

import re
import unicodedata

_TAGS = (
    "s|im_start|im_end|player|system|assistant|user|lore|think|thinking|bos|eos|pad|unk|mask|sep"
    "|cls|tool|tools|tool_calls?|tool_response|start_of_turn|end_of_turn|0x[0-9a-f]{2}"
)
_SQUARE_TAGS = (
    "INST|TOOL_CALLS?|TOOL_RESULTS|AVAILABLE_TOOLS|SYSTEM_PROMPT|BOS|EOS|PAD|UNK|MASK|SEP|CLS"
)
_MARKERS = re.compile(
    rf"<[|｜][^|｜>]{{0,40}}[|｜]>|<\|?/?(?:{_TAGS})\|?>|\[/?(?:{_SQUARE_TAGS})\]|<</?SYS>>",
    re.IGNORECASE,
)
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cn", "Cs"})


def without_markers(text: str) -> str:
    """A text without what opens or closes a message in chat formats."""
    return without(text, _MARKERS)


def without(text: str, *patterns: re.Pattern[str]) -> str:
    """A text without what fits the patterns; taking one out may bring another together."""
    previous = None
    while previous != text:
        previous = text
        for pattern in patterns:
            text = pattern.sub("", text)
    return text


def is_unseen(letter: str) -> bool:
    """Whether a letter controls, formats or means nothing, and is drawn as nothing."""
    return unicodedata.category(letter) in _UNSEEN
