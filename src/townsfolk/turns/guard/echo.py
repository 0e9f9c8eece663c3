"""Rules on the prompt: it is neither recited nor talked about."""

from __future__ import annotations

from functools import lru_cache

from townsfolk.language.content import content_tokens
from townsfolk.language.sentences import split_sentences, words
from townsfolk.language.tokens import morphemes
from townsfolk.turns.guard.context import GuardContext
from townsfolk.turns.guard.meta import meta_talk

__all__ = ["meta_talk", "prompt_echo"]

_CONTENT_TAGS = ("NN", "NR", "VV", "VA", "XR", "MAG", "SN")

ECHO_WORDS = 8
"""So many words in a row that stand in the prompt are no chance."""
_INSTRUCTED = {"en": 5, "ko": 3}
"""Words in a row of an instruction: nobody says to another what only the prompt says."""
_TOKENS = 4
"""Words of content from which a sentence may be told to be an instruction's."""
_LETTERS = 7
"""Letters of a stretch of words below which it is a common turn of phrase."""


def prompt_echo(line: str, context: GuardContext) -> str | None:
    """The prompt is repeated: its instructions, its examples, or what somebody just said."""
    return (
        _headed(line, context)
        or _recited(line, context.prompt, ECHO_WORDS, context)
        or _recited(line, context.instructions, _INSTRUCTED[context.language], context)
        or _retold(line, context)
        or _reworded(line, context)
    )


def _headed(line: str, context: GuardContext) -> str | None:
    """A heading of the prompt: a line of it that ends with a colon."""
    for heading in _headings(context.prompt):
        if heading in line.lower():
            return f"repeats the prompt: {heading!r}"
    return None


@lru_cache(maxsize=256)
def _headings(prompt: str) -> tuple[str, ...]:
    lines = (part.strip().lower() for part in prompt.split("\n"))
    return tuple({part for part in lines if part.endswith(":") and len(part.split()) > 1})


def _retold(line: str, context: GuardContext) -> str | None:
    """A sentence that is made of the words of one instruction, in whatever form."""
    grounds = frozenset(content_tokens(context.grounds, context.language))
    for sentence in split_sentences(line):
        tokens = frozenset(content_tokens(sentence, context.language))
        if len(tokens) < _TOKENS or len(tokens & grounds) >= 0.6 * len(tokens):
            continue
        for told in context.instructions.split("\n"):
            shared = tokens & frozenset(content_tokens(told, context.language))
            if len(shared) >= 0.8 * len(tokens):
                return f"retells the prompt: {sentence!r}"
    return None


def _recited(line: str, text: str, size: int, context: GuardContext) -> str | None:
    spoken = words(line)
    told, facts = _grams(text, size), _grams(context.grounds, size)
    nearly = _grams(context.grounds, size - 1) if size > 3 else frozenset()
    for i in range(len(spoken) - size + 1):
        gram = tuple(spoken[i : i + size])
        if gram not in told or sum(map(len, gram)) < _LETTERS:
            continue
        if gram not in facts and not {gram[1:], gram[:-1]} & nearly:
            return f"repeats the prompt: {' '.join(gram)!r}"
    return None


_PERSONS = {
    **dict.fromkeys(["you", "i", "he", "she", "they", "him", "me", "them"], "i"),
    **dict.fromkeys(["your", "my", "his", "her", "their"], "my"),
    **dict.fromkeys(["are", "am", "is", "was", "were"], "be"),
    **dict.fromkeys(["you're", "i'm", "he's", "she's"], "i"),
    **dict.fromkeys(["has", "had"], "have"),
}
_REWORDED = {"en": 5, "ko": 4}


def _reworded(line: str, context: GuardContext) -> str | None:
    """Words of an instruction in a row, in another person or with other endings."""
    size = _REWORDED[context.language]
    told = _bare_grams(context.instructions, context.language, size)
    facts = _bare_grams(context.grounds, context.language, size - 1)
    for gram in _bare_grams(line, context.language, size) & told:
        if not {gram[1:], gram[:-1]} & facts and sum(map(len, gram)) >= _LETTERS:
            return f"repeats the prompt: {' '.join(gram)!r}"
    return None


@lru_cache(maxsize=512)
def _bare_grams(text: str, language: str, size: int) -> frozenset[tuple[str, ...]]:
    found: set[tuple[str, ...]] = set()
    for part in text.split("\n"):
        told = _bare(part, language)
        found.update(tuple(told[i : i + size]) for i in range(len(told) - size + 1))
    return frozenset(found)


def _bare(text: str, language: str) -> list[str]:
    if language == "ko":
        return [m.surface for m in morphemes(text) if m.tag.startswith(_CONTENT_TAGS)]
    told = (word.replace("’", "'") for word in words(text))
    return [_PERSONS.get(w, w[:-1] if len(w) > 3 and w.endswith("s") else w) for w in told]


@lru_cache(maxsize=256)
def _grams(text: str, size: int) -> frozenset[tuple[str, ...]]:
    found: set[tuple[str, ...]] = set()
    for part in text.split("\n"):
        told = words(part)
        found.update(tuple(told[i : i + size]) for i in range(len(told) - size + 1))
    return frozenset(found)
