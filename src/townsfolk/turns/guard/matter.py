"""What Korean sentences say, whatever their particles and endings: to tell what is said again."""

from __future__ import annotations

import re
from functools import lru_cache

from townsfolk.language.numbers import numbers_in
from townsfolk.language.sentences import split_sentences
from townsfolk.language.tokens import morphemes

_CONTENT = ("NNG", "NNP", "NR", "VV", "VA", "XR", "MAG", "SN", "SL", "VCN")
_FILLERS = (
    "하 되 있 주 보 가 오 것 수 말 그러 이러 좀 다 더 또 안 못 정말 아주 대단히 이미 참 그냥 바로"
)
_LIGHT = frozenset(_FILLERS.split())
_HONORIFIC = {
    **dict.fromkeys(["주무시", "주무세"], "자"),
    **dict.fromkeys(["드시", "드세", "드셔", "잡수시", "들"], "먹"),
    "계시": "있",
    "죄송": "송구",
}
_SAME_LINE = 0.66
_BOTH_WAYS = 0.48
_LEAST = 4
_SAME_SENTENCE = 0.75
"""Of all that two sentences of a line say, so much is in both where one says the other again."""
_CLAUSE = re.compile(r"[,.!?…]+\s*|(?<=[고면])\s")
_LAUGHTER = re.compile(r"([가-힣]{1,3})\1{5,}")


@lru_cache(maxsize=4096)
def matter(text: str) -> frozenset[str]:
    """The stems of the content words of a Korean text."""
    stems: set[str] = set()
    for found in morphemes(text):
        if not found.tag.startswith(_CONTENT):
            continue
        stem = _HONORIFIC.get(found.stem, found.stem)
        if stem not in _LIGHT:
            stems.add(stem)
    return frozenset(stems)


def same_matter(line: str, earlier: str) -> bool:
    """Whether a line says what an earlier one said, and little else.

    Naming a ware and its price again is no repetition, so sentences with numbers are left out
    where others remain.
    """
    said = matter(line)
    if len(said) < _LEAST:
        return False
    before = matter(earlier)
    shared = len(said & before)
    if shared >= _SAME_LINE * len(said) and shared >= _BOTH_WAYS * len(said | before):
        bare = " ".join(s for s in split_sentences(line) if not numbers_in(s))
        return not bare or len(matter(bare)) < 2 or len(matter(bare) & before) >= 2
    return False


def in_a_circle(line: str) -> str | None:
    """Clauses of a line that say the same in other forms, or one syllable on and on."""
    if laughed := _LAUGHTER.search(line):
        return f"repeats {laughed.group(1)!r}"
    told = [part for part in _CLAUSE.split(line) if part.strip()]
    said = [matter(part) for part in told]
    for n, now in enumerate(said):
        same = [before for before in said[:n] if now and before == now]
        held = [before for before in said[:n] if len(now) > 1 and before >= now]
        if len(same) >= 2 or (held and len(now) > 2) or (same and len(now) > 1 and n > 1):
            return f"says again {told[n]!r}"
    return _sentence_turned(line)


def _sentence_turned(line: str) -> str | None:
    """A sentence that says what one before it said, the other way round."""
    sentences = split_sentences(line)
    said = [matter(sentence) for sentence in sentences]
    for n, now in enumerate(said):
        for before in said[:n]:
            shared = len(now & before)
            if shared >= _LEAST - 1 and shared >= _SAME_SENTENCE * len(now | before):
                return f"says again {sentences[n]!r}"
    return None
