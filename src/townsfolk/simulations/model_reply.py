"""Reading what a model says as a player: its line, or a sign that it leaves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from townsfolk.language.sentences import split_sentences
from townsfolk.turns.player_text import clean_player_text

Sign = Literal["", "stop", "transfer", "out_of_scope"]

_SENTENCES = 2
_THOUGHT = re.compile(r"<think>.*?(?:</think>|$)", re.DOTALL | re.IGNORECASE)
_SIGN = re.compile(r"[#\[(*\s]*\b(STOP|TRANSFER|OUT[-_ ]OF[-_ ]SCOPE)\b[#\])*.!\s]*$")
_STAGE = re.compile(r"(?<!\*)\*[^*\n]{1,80}\*(?!\*)|\([^()\n]{1,80}\)|\[[^\[\]\n]{1,80}\]")
_QUOTES = "\"'“”‘’«»*_` \n"


@dataclass(frozen=True, slots=True)
class PlayerReply:
    """A line, which may be empty, and the sign after it."""

    line: str
    sign: Sign


def read_player_reply(text: str, names: Sequence[str]) -> PlayerReply:
    """The line in what a model returned, without labels, thoughts, quotes and stage directions.

    `names`: how the player may be called before its line.
    """
    told = _THOUGHT.sub("", text).strip()
    sign: Sign = ""
    if found := _SIGN.search(told):
        sign = _named(found.group(1))
        told = told[: found.start()]
    told = next((line for line in told.splitlines() if line.strip(_QUOTES)), "")
    told = _STAGE.sub("", told).strip(_QUOTES)
    for name in names:
        told = re.sub(rf"^{re.escape(name)}\s*[:：]\s*", "", told, flags=re.IGNORECASE)
    told = clean_player_text(told.strip(_QUOTES))
    return PlayerReply(" ".join(split_sentences(told)[:_SENTENCES]), sign)


def _named(word: str) -> Sign:
    if word.startswith("OUT"):
        return "out_of_scope"
    return "stop" if word == "STOP" else "transfer"
