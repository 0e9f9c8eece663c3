"""Korean speech levels (상대 높임법) by the endings of sentences.

The levels and their endings follow the standard description in the National Institute of Korean
Language's grammar (국립국어원, 『외국인을 위한 한국어 문법 1』): 하십시오체, 해요체, 하오체,
하게체, 해라체, 해체. Some endings belong to several levels, so a sentence has a set of them.
"""

from __future__ import annotations

import re

from townsfolk.language.sentences import split_sentences
from townsfolk.language.tokens import morphemes


def _closed(final: int) -> str:
    """All syllables that end in a consonant, by its place in the Unicode block of Hangul."""
    return "".join(map(chr, range(0xAC00 + final, 0xD7A4, 28)))


_WITH_N, _WITH_L, _WITH_B = _closed(4), _closed(8), _closed(17)

_TAIL = re.compile(r"[^가-힣]+$")
_CALL = re.compile(r"^(.+),\s*[가-힣]+(?:\s[가-힣]+)?$")
"""A last word after a comma; it may be somebody's name."""

_ENDINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    # Longest and clearest first; the first that fits decides.
    (r"(?:십시오|십시요|시옵소서|사옵니다|나이다)$", ("하십시오체",)),
    (r"디[다까]$", ("하오체", "하십시오체")),
    (rf"(?:[{_WITH_B}]니다|[{_WITH_B}]니까|니다)$", ("하십시오체",)),
    (r"니까$", ("해체",)),
    (r"[거뭐게]요$", ("하오체", "해요체")),
    (rf"[{_WITH_L}]까$", ("하게체", "해체", "해라체")),
    (rf"[{_WITH_N}]가$", ("하게체", "해체")),
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

_WITH_SS = _closed(20)

PLAIN = re.compile(rf"(?:[{_WITH_SS}{_WITH_N}]|없|않|같|좋|싫)다$")
"""How a story is told: 해라체 of the past and the present."""
_CALLS = re.compile(
    r"(?:아|어|오|허|하|흥|흠|음|쳇|쯧|에이|아이고|어이쿠|어머|어머나|세상에|저런|이런|글쎄|자|"
    r"그래|아니|네|예|"
    r"아뇨|아니요|그럼|그럼요|여보게|이보게|이봐|거기|뭐|뭐라고|안녕|안녕히|천만에|맙소사|젠장|"
    r"제길|빌어먹을|어서|"
    r"하하|허허|호호|껄껄|물론|물론이지|고마워요|미안해요|고맙소|그래요|됐어요|맞아요|좋아|"
    r"고마워|미안|됐어|어이|야|쉿|(?:하나|둘|셋|넷|다섯|여섯|일곱|"
    r"여덟|아홉|열)"
    r"|[가-힣]{1,4}(?:님|씨|나리|어르신|양반|손님|친구|사람)|나리|어르신|손님|나그네|친구|아가씨)"
)

_SELF_TALK = re.compile(r"(?:[라다]니|정신 좀 봐|웬 [가-힣]+야|[가-힣]하게)!+$")
"""What one says to oneself in any company: 이게 웬 물난리야! 90닢에 달라니!"""

_ACCEPTED: dict[str, frozenset[str]] = {
    # 해요체 is mixed with 하십시오체 freely, and so are the two plain levels.
    "하십시오체": frozenset({"하십시오체"}),
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
    """The sentences of a line whose ending belongs to other levels than the speaker's.

    A speaker of 하십시오체 may fall into 해요체 in less than half of the sentences.
    """
    accepted = _ACCEPTED[level]
    broken: list[str] = []
    softer: list[str] = []
    kept = 0
    for sentence in split_sentences(text):
        levels = sentence_levels(sentence)
        if not levels or _exclaims(sentence):
            continue
        if not accepted.isdisjoint(levels):
            kept += 1
        elif level == "하십시오체" and "해요체" in levels:
            softer.append(sentence)
        else:
            broken.append(sentence)
    return broken or (softer if len(softer) > kept else [])


def _exclaims(sentence: str) -> bool:
    """Whether a sentence is a call or an exclamation, which has no level of its own."""
    if _SELF_TALK.search(sentence) or _ends_in_noun(sentence):
        return True
    said = re.sub(r"[^가-힣 ]", "", sentence).split()
    return not said or all(_CALLS.fullmatch(word) for word in said)


def _ends_in_noun(sentence: str) -> bool:
    """Whether a sentence has no verb at its end: 오늘 마지막은 북쪽에서 온 나그네."""
    called = _CALL.match(_TAIL.sub("", sentence))
    if called and _levels(_TAIL.sub("", called.group(1))):
        return False
    found = [morpheme for morpheme in morphemes(sentence) if not morpheme.tag.startswith("S")]
    return bool(found) and found[-1].tag in ("NNG", "NNP", "NNB", "NR", "NP", "IC", "NNBC")
