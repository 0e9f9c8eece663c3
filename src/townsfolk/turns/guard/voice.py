"""Rules on the voice of a line: the scene's language, the persona's speech level, its world."""

from __future__ import annotations

import re

from townsfolk.language.detect import script_shares
from townsfolk.language.korean_levels import breaks_level
from townsfolk.language.sentences import split_sentences
from townsfolk.turns.guard.context import GuardContext

_OTHER_LETTERS = 0.25
"""The share of letters of another script above which a line is in the wrong language."""

_OUT_OF_WORLD = re.compile(
    r"\b(?:as an? (?:ai|assistant|language model)|language model|i(?:'|’)?m an? (?:ai|assistant|"
    r"chatbot|bot)|role-?play|video game|openai|chatgpt|wi-?fi|internet|smartphone|computer|"
    r"how can i (?:help|assist) you today|"
    r"here(?:'|’)s (?:a|the) (?:possible|short) (?:response|line))\b|[£$€₩]"
    r"|인공지능|언어 ?모델|챗봇|인터넷|와이파이|스마트폰|컴퓨터|롤플레이"
    r"|(?<![A-Za-z])AI(?![A-Za-z])",
    re.IGNORECASE,
)

_INTRODUCED = re.compile(
    r"(?:\bi(?:['’]m| am)|\bname(?:['’]s| is|,)|\bcall me|\bsigned,?|\bto|[-—:,])\s*(?:\w+\s)?$",
    re.I,
)
"""What stands before a name with which somebody introduces or signs."""


def wrong_language(line: str, context: GuardContext) -> str | None:
    """Not in the language of the scene."""
    shares = script_shares(line)
    foreign = 1.0 - shares[context.language] if any(shares.values()) else 0.0
    return f"{foreign:.0%} of its letters are foreign" if foreign > _OTHER_LETTERS else None


def wrong_register(line: str, context: GuardContext) -> str | None:
    """Korean sentences of another speech level than the persona's."""
    if context.language != "ko" or context.korean_level is None:
        return None
    broken = breaks_level(line, context.korean_level)
    if len(broken) * 2 >= max(1, len(split_sentences(line))) and broken:
        return f"not {context.korean_level}: {broken[0]!r}"
    return None


def third_person(line: str, context: GuardContext) -> str | None:
    """It speaks of itself by its full name, as of somebody else."""
    for name in context.own_names:
        if " " not in name or context.language != "en":
            continue
        for match in re.finditer(re.escape(name), line):
            if not _INTRODUCED.search(line[: match.start()]):
                return f"speaks of {name} as of another"
    return None


def out_of_world(line: str, context: GuardContext) -> str | None:
    """Talk of what its world does not have, or of being a machine."""
    match = _OUT_OF_WORLD.search(line)
    return f"speaks of {match.group()!r}" if match else None
