"""Rules on the voice of a line: the scene's language, its world, the speaker as itself."""

from __future__ import annotations

import re

from townsfolk.language.foreign import foreign_sentence, latin_words, other_script
from townsfolk.turns.guard.context import GuardContext

_OUT_OF_WORLD = re.compile(
    r"\b(?:as an? (?:ai|assistant|language model)|language model|i(?:'|’)?m an? (?:ai|assistant|"
    r"chatbot|bot)|role-?play|video game|openai|chatgpt|wi-?fi|internet|smartphone|computer|"
    r"how can i (?:help|assist) you today|"
    r"here(?:'|’)s (?:a|the) (?:possible|short) (?:response|line))\b|[£$€₩]"
    r"|인공지능|언어 ?모델|챗봇|인터넷|와이파이|스마트폰|컴퓨터|롤플레이|이 게임|플레이어 ?님|"
    r"신용 ?카드"
    r"|(?<![A-Za-z])AI(?![A-Za-z])",
    re.IGNORECASE,
)

_INTRODUCED = re.compile(
    r"(?:\bi(?:['’]m| am)|\bname(?:['’]s| is|,)|\bcall me|\bsigned,?|\bto|[-—:,])\s*(?:\w+\s)?$",
    re.I,
)
"""What stands before a name with which somebody introduces or signs."""


def wrong_language(line: str, context: GuardContext) -> str | None:
    """Not in the language of the scene, or not all of it."""
    foreign = other_script(line, context.language)
    if foreign:
        return f"has {foreign!r}"
    if context.language == "ko":
        return _latin_in_korean(line, context)
    clause = foreign_sentence(line, context.town_word)
    return f"not English: {clause!r}" if clause else None


def _latin_in_korean(line: str, context: GuardContext) -> str | None:
    """Latin words among Hangul, but for the names of the town."""
    strange = [word for word in latin_words(line) if word.lower() not in context.known_names]
    strange = [word for word in strange if not re.fullmatch(r"[IVXLC]+", word)]
    return f"has {' '.join(strange)!r}" if strange else None


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
