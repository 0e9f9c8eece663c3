"""Korean names that a town does not have.

Hangul has no capitals. Three signs tell a name: the morphological analyser tags it as a proper noun
(NNP; mecab-ko after Lee, 2013, with the tags of the Sejong corpus); it stands where a name must,
before a title or in "…라는 사람"; or it ends in the word for a place, an order, a month, and its
front part is nothing that the town's author ever wrote before that word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from townsfolk.language.tokens import Morpheme, morphemes

Known = Callable[[str], bool]
"""Whether letters stand in the texts of a town."""

_PLACES = (
    r"마을|고을|성문|성채|산맥|산성|항구|나루|주막|여관|객줏집|기사단|상단|상회|길드|교단|수도회|수도원|"
    r"성당|사원|신전|왕국|제국|공국|영지|평원|계곡|협곡|골짜기|봉우리|호수|고개|언덕|숲|섬|늪|곶|폭포|"
    r"광장|시장|거리|골목|다리|탑|요새|용병단|도적단|의용대|자경단|가문|일족|부족|학회|마탑"
)
_SHORT_PLACES = r"산|강|성|항|골|천|단|달|재|령|회|촌|호|패"
_LOOSE_PLACES = "골촌호회"
"""Endings that few other words have, so that the analyser need not cut before them."""
_NO_SHIP = re.compile(
    r".*(?:보호|수호|신호|번호|암호|구호|상호|칭호|가호|비호|간호|대회|기회|사회|후회)$"
)
_TITLES = (
    r"씨|님|경|부인|남작|백작|공작|후작|자작|하사|중사|대장|대위|영감|영감님|아가씨|도련님|선생|선생님|장군|"
    r"사제|수녀|수사|공주|왕자|왕|여왕|황제|신부|영주|어르신|아저씨|아주머니|할멈|할아범|할머니|할아버지|"
    r"형님|나리|마님|대감|판관|주교|성자|성녀|제독|함장|선장|도사|스님"
)
_ENDS = (
    r"(?=(?:에서|에게|한테|까지|부터|으로|에는|에도|에|의|이|가|은|는|을|를|도|로|와|과|이나|이라|라|네|이랑|"
    r"랑|만|처럼|보다|이여|께|께서|조차|마저|하고)?(?:[^가-힣]|$))"
)
_PARTICLE = re.compile(
    r"(?:에서는|에서|에게|한테서|한테|까지|부터|으로|이라도|라도|이라면|라면|이란|이라|처럼|보다|께서|이나|"
    r"뿐(?:이|인|만)?[가-힣]{0,3}|네|이|가|은|는|을|를|도|로|와|과|의|만|요|야|아|나|랑|라|에|께|란|여|고)$"
)
_COMPOUND = re.compile(rf"(?<![가-힣])([가-힣]{{2,6}}?)({_PLACES}){_ENDS}")
_SHORT_COMPOUND = re.compile(rf"(?<![가-힣])([가-힣]{{2,5}}?)({_SHORT_PLACES}){_ENDS}")
_APART = re.compile(rf"(?<![가-힣])([가-힣]{{2,6}})\s(?:{_PLACES}){_ENDS}")
_TITLED = re.compile(rf"(?<![가-힣])([가-힣]{{2,6}})(?:\s(?:{_TITLES})|님)(?:네|들)?{_ENDS}")
_CALLED = re.compile(
    r"(?<![가-힣])([가-힣]{2,6}?)(?:이?라는|이?라고 (?:하는|불리는|부르는))\s"
    r"(?:[가-힣]+[은는한]\s)?(?:사람|이|자|여자|남자|곳|데|마을|고을|성|도시|강|산|술|신|나라|섬|놈|친구|영감|노인|배|상인)"
)
_NOUNS = ("NNG", "NNP", "NNB", "NR", "NP", "SL", "XR", "NNBC")
_NAMED_APART = re.compile(
    rf"(?<![가-힣])([가-힣]{{2,6}})\s(?:주막|여관|객줏집|기사단|상단|상회|길드|교단|가문|왕국|제국|축제|"
    rf"전쟁|전투|마을|항구|고개|나루|산맥|성채|용병단|은행|선술집|술집|객점|광장|거리|함대|신전|여신|"
    rf"학당){_ENDS}"
)
_MEASURE = re.compile(r".*(?:하루|이틀|사흘|나흘|닷새|걸음|나절|지척|[가-힣]길)$")
_DIRECTED = re.compile(
    r"(?<![가-힣])(?:왕도|수도|도시|[동서남북]쪽)\s([가-힣]{3,6}?)"
    r"(?:에서|까지|으로|로|에)(?![가-힣])"
)
_NOBLE = re.compile(r"(?<![가-힣])([가-힣]{2,5} (?:드|폰|델|르) [가-힣]{2,6})(?![가-힣])")
_VERB_ENDS = tuple("면고서니며도러려자게지다어아데든나요네야해여와워")
"""How verb forms end that join clauses and may stand before a title: 가면 대장이."""
_NOUN_GOES_ON = ("을", "를", "이 ", "가 ", "의 ", "에 ", "에서", "로 ", "과 ", "와 ")
_FROM = re.compile(r"(?<![가-힣])([가-힣]{2,6}?)(?:\s출신|에서 온|한테|에게|께)(?![가-힣])")
_FAMILIAR = re.compile(r"(?<![가-힣])([가-힣]{2,3})이(?:가|는|를|도|랑|한테|하고)(?![가-힣])")
"""A given name that ends in a consonant takes 이 before its particle; no common noun does."""
_VOCATIVE = re.compile(r"(?:^|[.!?…]\s)([가-힣]{2,3})[아야][,!]")
_APART_SHORT = re.compile(
    rf"(?<![가-힣])([가-힣]{{2,6}})\s(?:강|산|성|섬|항|종|신|술|검|말|개){_ENDS}"
)
_BORROWED = frozenset(
    "르드트크프즈츠브켈델렌엘론윈벨펠젤헬릭릴렉칸탄잔덴켄젠펜멘텔넬셀칼탈랄뮈뷔쉬쿠카타파티피토포투푸키케"
    "코페테퀼빌로루레라리"
)
_LONG = 5
"""Syllables from which one noun with foreign syllables is a name that the analyser did not know."""
_MISTAGGED = frozenset({"마루가", "구석", "잊어", "비니", "한마디", "저승", "하늘", "고개"})
"""Ordinary words that the analyser takes for names."""
_GENERAL = re.compile(
    r"^(?:우리|저희|옆|이웃|다른|어느|온|이|그|저|아무|무슨|어떤|모든|여러|작은|큰|먼|새|헌|옛|윗|아랫|건너|"
    r"건넛|시골|산골|바닷가|강가|고향|북쪽|남쪽|동쪽|서쪽|지난|다음|이번|저번|한|두|세|네|보름|그믐|초승|"
    r"새벽|아침|저녁|높은|낮은|좁은|넓은|깊은|험한|같은|빈|낡은)"
)


def invented_names(text: str, known: Known) -> list[str]:
    """The names in a Korean text that its town does not know, each once, in order."""
    found = [*_by_pattern(text, known), *_by_tag(text, known)]
    return list(dict.fromkeys(found))


def _by_tag(text: str, known: Known) -> Iterator[str]:
    """Proper nouns, as the analyser sees them."""
    for morpheme in morphemes(text):
        name = morpheme.surface
        if morpheme.tag != "NNP" or len(name) < 2 or name in _MISTAGGED or _stands(name, known):
            continue
        start, end = _eojeol(text, morpheme.start)
        if not _stands(text[start:end], known):
            if _no_word(name):
                yield name
            elif _strange(stem := _bare(text, start, end), known):
                yield stem


def _by_pattern(text: str, known: Known) -> Iterator[str]:
    for match in _COMPOUND.finditer(text):
        if not _known_compound(match.group(1), match.group(1) + match.group(2), known):
            yield match.group(1) + match.group(2)
    for match in _SHORT_COMPOUND.finditer(text):
        head, whole = match.group(1), match.group(1) + match.group(2)
        if not _known_compound(head, whole, known) and _splits(text, match):
            yield whole
    for pattern in (_APART, _APART_SHORT, _TITLED, _CALLED, _FROM):
        of_people = pattern in (_TITLED, _FROM)
        for match in pattern.finditer(text):
            word = match.group(1)
            if word in _MISTAGGED:
                continue
            strange = _no_word(word) or (
                of_people and _no_verb(word, before_title=pattern is _TITLED)
            )
            if strange and not _stands(word, known):
                yield word
    for match in _NOBLE.finditer(text):
        if not known(match.group(1)):
            yield match.group(1)
    for match in _NAMED_APART.finditer(text):
        word = match.group(1)
        if not _stands(word, known) and _nouns_only(word) and not _MEASURE.match(word):
            yield word
    yield from _by_place(text, known)


def _by_place(text: str, known: Known) -> Iterator[str]:
    """Names that only their place in a sentence, or their own syllables, tell from words."""
    for match in _DIRECTED.finditer(text):
        word = match.group(1)
        if len(found := morphemes(word)) > 1 and not _stands(word, known) and _is_noun(word):
            nouns = (m.surface for m in found if len(m.surface) > 1)
            if not any(known(noun + end) for noun in nouns for end in _NOUN_GOES_ON):
                yield word
    for match in _FAMILIAR.finditer(text):
        word = match.group(1)
        closed = (ord(word[-1]) - 0xAC00) % 28 != 0
        if closed and not known(word) and not _one_word(word + "이") and _is_noun(word):
            yield word
    for match in _VOCATIVE.finditer(text):
        word = match.group(1)
        if not _stands(word, known) and not _one_word(word) and _no_word(word):
            yield word
    for match in re.finditer(r"[가-힣]{3,}", text):
        if not _stands(match.group(), known) and (
            _borrowed(match.group()) or _strange(_bare(text, match.start(), match.end()), known)
        ):
            yield match.group()


def _bare(text: str, start: int, end: int) -> str:
    """A word without the particles and endings that the analyser sees behind its nouns."""
    last = start
    for morpheme in morphemes(text):
        if start <= morpheme.start and morpheme.end <= end:
            if not morpheme.tag.startswith(("NN", "SL", "XPN")):
                break
            last = morpheme.end
    return text[start:last]


def _strange(word: str, known: Known) -> bool:
    """Whether a word is put together of nouns that nothing joins, with foreign syllables in it."""
    found = morphemes(word)
    if len(word) < 3 or len(found) < 2 or _parts_known(word, known):
        return False
    rare = sum(letter in _BORROWED for letter in word)
    alone = any(len(m.surface) == 1 and m.surface in _BORROWED for m in found)
    named = any(m.tag == "NNP" for m in found)
    return alone or (named and rare >= 1) or (rare >= 2 and 2 * rare > len(word))


def _parts_known(word: str, known: Known) -> bool:
    """Whether a part of a compound, of two letters or more, is in the town's texts."""
    return any(len(m.surface) > 1 and known(m.surface) for m in morphemes(word))


def _is_noun(word: str) -> bool:
    return bool(found := morphemes(word)) and all(m.tag.startswith("NN") for m in found)


def _no_verb(word: str, before_title: bool) -> bool:
    """Whether the analyser makes a verb of a word for want of a better reading: 바르 + 간."""
    found = morphemes(word)
    forced = bool(found) and found[0].tag.startswith("V") and found[-1].tag in ("EC", "EF")
    return forced and not (before_title and word.endswith(_VERB_ENDS))


def _known_compound(head: str, whole: str, known: Known) -> bool:
    return known(whole) or bool(_GENERAL.match(head)) or _one_word(whole)


def _stands(word: str, known: Known) -> bool:
    """Whether a word, or what is left of it without a particle, stands in the town's texts."""
    while len(word) > 1:
        if known(word):
            return True
        bare = _PARTICLE.sub("", word)
        if bare == word:
            return False
        word = bare
    return True


def _eojeol(text: str, place: int) -> tuple[int, int]:
    """Where the run of Hangul around a place begins and ends."""
    for match in re.finditer(r"[가-힣]+", text):
        if match.start() <= place < match.end():
            return match.start(), match.end()
    return place, place


def _one_word(word: str) -> bool:
    """Whether the analyser's dictionary has a word as a common noun."""
    found = morphemes(word)
    return len(found) == 1 and found[0].tag != "NNP"


def _no_word(word: str) -> bool:
    """Whether a word is no common noun, verb form or adverb, but may be a name."""
    found = list(morphemes(word))
    if not found:
        return False
    return any(m.tag == "NNP" for m in found) or not _plain(found)


def _nouns_only(word: str) -> bool:
    """Whether a word is a noun without a particle, and says more than "our" or "next"."""
    tags = [morpheme.tag for morpheme in morphemes(word)]
    return bool(tags) and not _GENERAL.match(word) and all(t.startswith("NN") for t in tags)


def _borrowed(word: str) -> bool:
    """Whether a word has the syllables of a foreign name and makes no Korean word."""
    bare = word
    while (shorter := _PARTICLE.sub("", bare)) != bare and len(shorter) > 2:
        bare = shorter
    found = list(morphemes(bare))
    rare = sum(letter in _BORROWED for letter in bare)
    unread = len(found) == 1 and len(bare) >= _LONG
    return rare >= 2 and (unread or (len(found) > 1 and not _plain(found)))


def _plain(found: list[Morpheme]) -> bool:
    """Whether morphemes make an ordinary word: one noun with particles, or a verb with endings."""
    first = found[0].tag
    rest = [m.tag for m in found[1:]]
    if first.startswith(("NN", "NP", "NR", "XR", "MM", "MAJ", "IC")):
        return all(tag.startswith(("J", "X", "VCP", "NNG", "E", "V")) for tag in rest)
    return first.startswith(("V", "X")) and all(
        tag.startswith(("E", "V", "X", "J")) for tag in rest
    )


def _splits(text: str, match: re.Match[str]) -> bool:
    """Whether the analyser too sees a place word behind nouns, and no verb or longer word."""
    start, cut = match.start(1), match.start(2)
    if match.group(2) in _LOOSE_PLACES:
        return _is_noun(match.group(1)) and not _NO_SHIP.match(match.group(1) + match.group(2))
    inside = [m for m in morphemes(text) if start <= m.start < match.end(2)]
    if not inside:
        return False
    last = inside[-1]
    if last.end != match.end(2):
        return False
    apart = last.start == cut and last.tag.startswith(("NN", "XSN"))
    if match.group(2) == "성":
        after = text[match.end(2) :]
        apart = apart and bool(re.match(r"(?:에서|까지|으로|의|에)", after))
    nouns = all(m.tag.startswith(("NN", "V", "E", "XR", "MM", "J")) for m in inside[:-1])
    return apart and nouns and len(match.group(1)) >= 2
