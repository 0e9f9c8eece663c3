"""The rule on repetition: no circles in a line, and nothing said before."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from townsfolk.language.content import content_stems, content_tokens
from townsfolk.language.numbers import numbers_in
from townsfolk.language.sentences import split_sentences, words
from townsfolk.turns.guard.context import GuardContext
from townsfolk.turns.guard.matter import in_a_circle, same_matter

_SAME_SHARE = 0.8
_AGAIN_SHARE = 0.6
"""Of a longer line, so many of its word pairs are no longer the same matter put otherwise."""
_LEAST = 5
"""Words from which a sentence or a phrase is long enough to be noticed when it comes again."""
_SHORT = {"en": 5, "ko": 3}
_PARTICLES = re.compile(
    r"(?:입니다|습니다|이에요|예요|에서는|에서|에게|으로|하고|하며|하게|해서|이고|이며|이오|이네|"
    r"이야|이다|는데|"
    r"까지|부터|은|는|이|가|을|를|의|에|도|만|로|와|과|고|며|서|요|네|지|오|소|게)$"
)


def repetition(line: str, context: GuardContext) -> str | None:
    """A line that was said before, or one that goes in a circle."""
    spoken = _stems(line)
    for earlier in context.earlier:
        again = context.language == "ko" and same_matter(line, earlier)
        if again or _said_before(line, spoken, earlier, context.language):
            return "was said before"
    return (
        _circle(spoken)
        or _turning(line)
        or _retold(line, context.language)
        or _sentence_again(line, context.language)
        or _phrase_again(spoken, context.language)
        or (in_a_circle(line) if context.language == "ko" else None)
    )


def _stems(text: str) -> list[str]:
    """The words of a text, Korean ones without their last particle or ending."""
    return [
        bare if len(word) > 2 and (bare := _PARTICLES.sub("", word)) else word
        for word in words(text)
    ]


def _said_before(line: str, spoken: list[str], earlier: str, language: str) -> bool:
    said = _stems(earlier)
    if len(spoken) > 3 and _share(spoken, said) >= _SAME_SHARE:
        return True
    content = set(content_stems(line)) if language == "en" else set(content_tokens(line, language))
    before = content_stems(earlier) if language == "en" else content_tokens(earlier, language)
    if len(content) >= 6 and len(content.intersection(before)) >= 0.85 * len(content):
        return True
    if len(spoken) >= 8 and _share(spoken, said) >= _AGAIN_SHARE:
        return True
    # A sentence of an earlier line, said again in the middle of a new one.
    most = max((len(_stems(sentence)) for sentence in split_sentences(line)), default=0)
    return any(
        len(stems) >= _SHORT[language] + 1
        and 2 * len(stems) >= most
        and _share(stems, said) >= 0.99
        for stems in (
            # A ware and its price may be named again.
            _stems(sentence)
            for sentence in split_sentences(line)
            if not numbers_in(sentence)
        )
    )


def _share(line: list[str], earlier: list[str]) -> float:
    """The share of a line's word pairs that an earlier line has too."""
    pairs = set(pairwise(line))
    return len(pairs & set(pairwise(earlier))) / len(pairs) if pairs else 0.0


def _turning(line: str) -> str | None:
    """Three Korean words running that differ in their endings only: 정확하고 정확하며 정확하게."""
    heads = [word[:2] for word in words(line)]
    for first, second, third in zip(heads, heads[1:], heads[2:], strict=False):
        if first == second == third and re.match(r"[가-힣]{2}", first):
            return f"repeats {first!r}"
    return None


def _retold(line: str, language: str) -> str | None:
    """A sentence whose content an earlier sentence of the line has, in other forms."""
    told = [(s, frozenset(content_tokens(s, language))) for s in split_sentences(line)]
    for n, (sentence, tokens) in enumerate(told):
        for _, before in told[:n]:
            if len(tokens) >= 3 and len(tokens & before) >= 0.8 * len(tokens | before):
                return f"says again {sentence!r}"
    return None


def _circle(spoken: list[str]) -> str | None:
    """The same words three times running, or a run of four and more twice."""
    for size in range(1, len(spoken) // 2 + 1):
        times = 2 if size >= _LEAST - 1 else 3
        for start in range(len(spoken) - times * size + 1):
            first = spoken[start : start + size]
            if all(
                spoken[start + n * size : start + (n + 1) * size] == first for n in range(1, times)
            ):
                named = len(set(first)) == 1 and len(first[0]) <= 2 and size == 1 and times == 3
                if not named or spoken[start : start + 4].count(first[0]) > 3:
                    return f"repeats {' '.join(first)!r}"
    return None


def _sentence_again(line: str, language: str) -> str | None:
    """A sentence that comes twice; calls and short answers may."""
    seen: Counter[tuple[str, ...]] = Counter(
        tuple(_stems(sentence)) for sentence in split_sentences(line)
    )
    for sentence, times in seen.items():
        if times > 1 and (len(sentence) >= _SHORT[language] or times > 2):
            return f"repeats {' '.join(sentence)!r}"
    return None


def _phrase_again(spoken: list[str], language: str) -> str | None:
    """A phrase that comes three times anywhere, or a long one twice."""
    for size, times in ((_SHORT[language] + 2, 2), (3 if language == "en" else 2, 3)):
        grams = Counter(tuple(spoken[i : i + size]) for i in range(len(spoken) - size + 1))
        for gram, count in grams.items():
            plain = not any(word[0].isdigit() for word in gram)
            if count >= times and plain and sum(len(word) for word in gram) >= 2 * size + 2:
                return f"repeats {' '.join(gram)!r}"
    return None
