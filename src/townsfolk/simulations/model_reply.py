"""Reading what a model says as a player: its line, or a sign that it leaves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from townsfolk.language.sentences import split_sentences
from townsfolk.turns.guard.speakers import script_label
from townsfolk.turns.player_text import clean_player_text

Sign = Literal["", "stop", "transfer", "out_of_scope"]

MAX_CHARACTERS = 400
"""The longest line that a player's model is given; what is beyond it is cut off."""
_SENTENCES = 2

_THOUGHT = re.compile(r"<(think|thinking)>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_END_OF_THOUGHT = re.compile(r"\A.*</(?:think|thinking)>", re.DOTALL | re.IGNORECASE)
"""Some chat templates open the thought themselves, so that only its end is in the answer."""

_WORDS = r"(?P<sign>STOP|TRANSFER|OUT[-_ ]OF[-_ ]SCOPE)"
_ALONE = re.compile(rf"[\W_]*{_WORDS}(?P<after>[\W_]*)", re.IGNORECASE)
_BESIDE_WORDS = (
    re.compile(rf"\A[\W_]*{_WORDS}\s*(?:[:：—–]|-\s)"),
    re.compile(rf"[#\[(<]+\s*{_WORDS}\s*(?:[#\])>]+|\Z)", re.IGNORECASE),
    # Bare and in small letters it is a word of the player's own.
    re.compile(rf"(?<!\w){_WORDS}[\"”'’*_.\s]*\Z"),
)

_LIST_MARK = re.compile(r"\A\s*(?:[-•>]|\d[.)])\s+")
_BOLD = re.compile(r"(\*\*|__)(.+?)\1")
_ASIDE = re.compile(r"\([^()]{1,120}\)|\[[^\[\]]{1,120}\]|（[^（）]{1,120}）")
_ACTED = re.compile(r"(?:\A|(?<=[.!?…]))\s*(?:\*[^*]{1,120}\*|_[^_]{1,120}_)")
"""Between asterisks where a sentence may begin: elsewhere they only stress a word."""
_ANYBODY = ("player", "you", "me", "플레이어", "나")
_ARTICLE = re.compile(r"\A(?:the|an?) ", re.IGNORECASE)

_QUOTED = re.compile(r"[\"“]([^\"“”]+[.!?…,])[\"”]")
_QUOTES = "\"'“”‘’«»`"
_PAUSE = ("...", "…")


@dataclass(frozen=True, slots=True)
class PlayerReply:
    """A line, which may be empty, and the sign after it."""

    line: str
    sign: Sign = ""

    @property
    def usable(self) -> bool:
        """Whether it says or means anything."""
        return bool(self.line or self.sign)


def read_player_reply(
    text: str, own_names: Iterable[str], other_names: Sequence[str] = ()
) -> PlayerReply:
    """The first line in what a model returned, and the sign in or after it.

    Labels, thoughts, quotation marks, stage directions and lists are taken off, and what others
    are made to answer. `own_names`: how the player may be called before its line.
    """
    label = _own_label(own_names)
    spoken = ""
    for line in _own_lines(text, other_names):
        told, sign = _signed(label.sub("", _without_stage(line)).strip())
        # A model that says first what it is about to do ends that with a colon.
        if not spoken and not told.endswith((":", "：")):
            spoken = _within(clean_player_text(_unquoted(told).replace("*", "")))
        if sign:
            return PlayerReply(spoken, sign)
    return PlayerReply(spoken)


def _own_lines(text: str, other_names: Sequence[str]) -> Iterator[str]:
    """The lines that are not blank, up to one under another's name after the first."""
    others = script_label(tuple(other_names))
    lines = _END_OF_THOUGHT.sub("", _THOUGHT.sub("", text)).splitlines()
    for number, line in enumerate(line for line in lines if line.strip(f"{_QUOTES} ")):
        if number and others.match(line):
            return
        yield line


def _without_stage(line: str) -> str:
    plain = _BOLD.sub(r"\2", _LIST_MARK.sub("", line))
    return _ACTED.sub(_sign_or_space, _ASIDE.sub(_sign_or_space, plain)).strip()


def _sign_or_space(stage: re.Match[str]) -> str:
    """Nothing of a stage direction, but a sign where that is all of it."""
    return stage[0] if _ALONE.fullmatch(stage[0]) else " "


def _own_label(names: Iterable[str]) -> re.Pattern[str]:
    called = {_ARTICLE.sub("", name) for name in names} | {*_ANYBODY}
    known = "|".join(re.escape(name) for name in sorted(called, key=len, reverse=True))
    return re.compile(rf"\A[\W_]*(?:(?:the|an?) )?(?:{known})[*_\"”]*\s*[:：]", re.IGNORECASE)


def _signed(line: str) -> tuple[str, Sign]:
    """What stands before a sign, and the sign."""
    alone = _ALONE.fullmatch(line)
    # "Stop!" is what somebody calls after a thief.
    if alone and (alone["sign"].isupper() or "!" not in alone["after"]):
        return "", _named(alone["sign"])
    for pattern in _BESIDE_WORDS:
        if found := pattern.search(line):
            return line[: found.start()].strip(), _named(found["sign"])
    return line, ""


def _named(word: str) -> Sign:
    upper = word.upper()
    if upper.startswith("OUT"):
        return "out_of_scope"
    return "stop" if upper == "STOP" else "transfer"


def _unquoted(line: str) -> str:
    """A line without the quotation marks around it, and without the story told around them."""
    if line[:1] in _QUOTES and (quoted := _QUOTED.findall(line)):
        return " ".join(quoted)
    inner = line[1:-1]
    if line[:1] in _QUOTES and line[-1:] in _QUOTES and not any(m in inner for m in '"“”'):
        return inner
    # One that is never closed, or was never opened.
    return line.strip('"“”`') if sum(line.count(mark) for mark in '"“”`') == 1 else line


def _within(line: str) -> str:
    """The first sentences, as many as a player says at once."""
    kept: list[str] = []
    for sentence in split_sentences(line):
        kept.append(sentence)
        # Somebody who falters has not said a sentence yet.
        if sum(not one.endswith(_PAUSE) for one in kept) == _SENTENCES:
            break
    while len(kept) > 1 and len(" ".join(kept)) > MAX_CHARACTERS:
        kept.pop()
    told = " ".join(kept)
    if len(told) <= MAX_CHARACTERS:
        return told
    return told[:MAX_CHARACTERS].rsplit(" ", 1)[0]
