"""Player text is data: nothing in it may act on the prompt it is put into."""

from __future__ import annotations

import re
import unicodedata

from townsfolk.language.chat_markers import is_unseen, without, without_markers

MAX_CHARACTERS = 600
"""The longest thing a player says at once."""

_READ = 4 * MAX_CHARACTERS
"""What is beyond this is not even looked at."""

_HASHES = re.compile(r"(?m)^[#＃\s]*[#＃]|[#＃]{2,}")
"""Headings, which also open the parts of an instruction in some formats."""
_ROLE_LABEL = re.compile(
    r"(?im)^[^\S\n]*(system|assistant|user|instruction|response|시스템|어시스턴트)\s*[:：]\s*"
)
_INVISIBLE = re.compile("[\u034f\u115f\u1160\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
"""What is drawn as nothing and is a letter or a mark to Unicode all the same."""
_QUOTES = "「」『』｢｣‚„"
"""Brackets to Unicode, and quotation marks to a reader."""
_ANGLES = "<>＜＞﹤﹥≪≫"
"""Brackets to a reader, and signs of mathematics to Unicode."""
_BEFORE_STOP = re.compile(r"\x00[\x00 ]*(?=[.,!?:;…。，！？：；])")


def clean_player_text(text: str) -> str:
    """One line of plain text: nothing invisible, no marker of a chat format, no brackets.

    In a prompt, what an NPC is to do stands in brackets, so a player's words stand in none.
    """
    lines = "\n".join(unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).splitlines())
    visible = "".join(
        letter for letter in lines.replace("\t", " ") if letter == "\n" or not is_unseen(letter)
    )[:_READ]
    plain = _without_brackets(without_markers(visible))
    fenced = without(plain, _HASHES, _ROLE_LABEL).replace("«", '"').replace("»", '"')
    return re.sub(r"\s+", " ", fenced).strip()[:MAX_CHARACTERS].rstrip()


def _without_brackets(text: str) -> str:
    """A text with spaces for brackets, and none of them before a full stop or comma."""
    marked = "".join("\x00" if _is_bracket(letter) else letter for letter in text)
    return _BEFORE_STOP.sub("", marked).replace("\x00", " ")


def _is_bracket(letter: str) -> bool:
    return letter in _ANGLES or (
        unicodedata.category(letter) in {"Ps", "Pe"} and letter not in _QUOTES
    )
