"""Korean speech levels (상대 높임법) by the endings of sentences.

The levels and their endings follow the standard description in the National Institute of Korean
Language's grammar (국립국어원, 『외국인을 위한 한국어 문법 1』): 하십시오체, 해요체, 하오체,
하게체, 해라체, 해체. Some endings belong to several levels, so a sentence has a set of them.
"""

from __future__ import annotations

import re

from townsfolk.language.sentences import split_sentences

_TAIL = re.compile(r"[^가-힣]+$")
_CALL = re.compile(r"^(.+),\s*[가-힣]+$")
"""A last word after a comma; it may be somebody's name."""

_ENDINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    # Longest and clearest first; the first that fits decides.
    (r"(?:십시오|십시요|시옵소서|사옵니다|나이다)$", ("하십시오체",)),
    (r"(?:라니까|다니까|냐니까|자니까)$", ("해체",)),
    (r"(?:니다|니까)$", ("하십시오체",)),
    (r"(?:시다)$", ("하오체", "해라체")),
    (r"요$", ("해요체",)),
    (r"죠$", ("해요체",)),
    (r"(?:시오|이오|이외다|소이다|구려|리다|외다)$", ("하오체",)),
    (r"[가-힣][소오]$", ("하오체",)),
    (r"(?:로세|일세|하세|보세|가세|마세|구먼|구만|다네|라네|이네|는가|은가|던가|인가|한가|겠나|았나|었나|했나|있나|없나)$",
     ("하게체", "해체")),
    (r"(?:하게|보게|가게|오게|말게|주게|두게|듣게|마시게|시게|게나)$", ("하게체",)),
    (r"(?:게|세|나|네|지|군|걸)$", ("하게체", "해체")),
    (r"(?:거라|어라|아라|여라|해라|마라|느냐|으냐|이냐|더냐|냐|는다|ㄴ다|자꾸나)$", ("해라체",)),
    (r"(?:다|니|자|라)$", ("해라체", "해체")),
    (r"(?:어|아|야|해|여|지|군|걸|게|거든|는데|은데|던데|인데|데|래|까|고|며|면|서|려고|을걸|든지|와|줘|돼|봐|가)$",
     ("해체",)),
)  # fmt: skip

_ACCEPTED: dict[str, frozenset[str]] = {
    # Speakers of the two polite levels mix them freely; so do those of the two plain ones.
    "하십시오체": frozenset({"하십시오체", "해요체"}),
    "해요체": frozenset({"해요체", "하십시오체"}),
    "하오체": frozenset({"하오체"}),
    "하게체": frozenset({"하게체"}),
    "해라체": frozenset({"해라체", "해체"}),
    "해체": frozenset({"해체", "해라체"}),
}


def sentence_levels(sentence: str) -> tuple[str, ...]:
    """The speech levels that a sentence's ending may belong to; none when it tells nothing."""
    stem = _TAIL.sub("", sentence)
    called = _CALL.match(stem)
    before = _levels(_TAIL.sub("", called.group(1))) if called else ()
    return tuple(dict.fromkeys([*before, *_levels(stem)]))


def _levels(stem: str) -> tuple[str, ...]:
    for pattern, levels in _ENDINGS:
        if re.search(pattern, stem):
            return levels
    return ()


def breaks_level(text: str, level: str) -> list[str]:
    """The sentences of a line whose ending belongs to other levels than the speaker's."""
    accepted = _ACCEPTED[level]
    broken: list[str] = []
    for sentence in split_sentences(text):
        levels = sentence_levels(sentence)
        # A fragment of one or two words (a call, an exclamation) has no level of its own.
        if levels and accepted.isdisjoint(levels) and len(sentence.split()) > 2:
            broken.append(sentence)
    return broken
