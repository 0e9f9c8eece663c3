"""Rules on the shape of a line: there, short, single-voiced, free of markup and echoes."""

from __future__ import annotations

import re
from itertools import pairwise

from townsfolk.language.sentences import ends_sentence, words
from townsfolk.turns.guard.context import GuardContext

_MARKUP = re.compile(
    r"<\|?/?[a-z_]+\|?>|```|^#{1,6}\s|\*\*|https?://|\{\s*\"|\"\s*:|\[/?INST\]|</?s>|_{3,}",
    re.IGNORECASE | re.MULTILINE,
)
_LABELS = re.compile(
    r"\b(?:search|final answer|action input|observation|thought|assistant|system prompt|user)\s*:",
    re.IGNORECASE,
)
_NARRATED = re.compile(
    r"\b(?:says?|said|asks?|asked|repl(?:y|ies|ied)|answers?|answered)\b[^.!?\"“]{0,40}[,:]\s*[\"“]"
    r"|[,.!?][\"”]\s+(?:\w+\s+){0,2}(?:says|said|asks|asked|replies|replied|answers|answered)\b"
    r"|[\"”]\s*(?:이?라고|하고)\s+(?:[가-힣]+\s+)?(?:말|물었|대답|답)(?:했|한)?다\b"
    r"|\b[A-Z]\w+(?: \w+)?:\s*[\"“]"
    r"|^(?:The|A)\s\w+(?:\s\w+)?\s*:\s*(?:[\"“]|I\b)",
)
_ECHO_WORDS = 8
"""So many words in a row that stand in the prompt are no chance."""
_SAME_SHARE = 0.8


def empty(line: str, context: GuardContext) -> str | None:
    """Nothing is said."""
    return None if words(line) else "nothing is said"


def over_long(line: str, context: GuardContext) -> str | None:
    """More words than this NPC speaks at once."""
    count = len(line.split())
    return f"{count} words, at most {context.max_words}" if count > context.max_words else None


def unfinished(line: str, context: GuardContext) -> str | None:
    """It breaks off, or leads up to something that does not come."""
    return f"ends with {line[-12:]!r}" if line and not ends_sentence(line) else None


def markup(line: str, context: GuardContext) -> str | None:
    """Markup, code, or labels of a prompt format."""
    match = _MARKUP.search(line) or _LABELS.search(line)
    return f"contains {match.group().strip()!r}" if match else None


def other_speaker(line: str, context: GuardContext) -> str | None:
    """Another character is made to speak, or the line tells a story of people speaking."""
    match = _NARRATED.search(line)
    if match:
        return f"tells of speech: {match.group()!r}"
    # In Korean a name with a particle stands for "you".
    if context.addressee and context.language == "en":
        told = rf"{re.escape(context.addressee)}(?:['’]s)?\s"
        if re.match(told, line, re.IGNORECASE):
            return f"tells of {context.addressee}, to whom it speaks"
    for name in context.other_names:
        if re.search(rf"(?:^|[.!?\"”]\s*){re.escape(name)}\s*[:：]", line, re.IGNORECASE):
            return f"speaks for {name}"
    return None


def repetition(line: str, context: GuardContext) -> str | None:
    """A line that was said before, or one that goes in a circle."""
    spoken = words(line)
    for earlier in context.earlier:
        said = words(earlier)
        if len(spoken) > 3 and _said_already(spoken, said) >= _SAME_SHARE:
            return "was said before"
    for size in range(1, 6):
        for start in range(len(spoken) - 3 * size + 1):
            first = spoken[start : start + size]
            if all(spoken[start + n * size : start + (n + 1) * size] == first for n in (1, 2)):
                return f"repeats {' '.join(first)!r}"
    return None


def prompt_echo(line: str, context: GuardContext) -> str | None:
    """The prompt is repeated: its instructions, its examples, or what somebody just said."""
    spoken, prompted = words(line), words(context.prompt)
    grams = {tuple(prompted[i : i + _ECHO_WORDS]) for i in range(len(prompted) - _ECHO_WORDS + 1)}
    for i in range(len(spoken) - _ECHO_WORDS + 1):
        if tuple(spoken[i : i + _ECHO_WORDS]) in grams:
            return f"repeats the prompt: {' '.join(spoken[i : i + _ECHO_WORDS])!r}"
    return None


def _said_already(line: list[str], earlier: list[str]) -> float:
    """The share of a line's word pairs that an earlier line has too."""
    pairs = set(pairwise(line))
    return len(pairs & set(pairwise(earlier))) / len(pairs) if pairs else 0.0
