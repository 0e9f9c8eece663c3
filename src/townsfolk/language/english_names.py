"""English names that a town does not have."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import lru_cache
from importlib.resources import files

from townsfolk.language.content import english_stopwords
from townsfolk.language.names import unknown_names
from townsfolk.language.sentences import split_sentences

_TITLES = frozenset(
    [
        "sergeant",
        "captain",
        "miss",
        "mister",
        "master",
        "mistress",
        "lord",
        "lady",
        "sir",
        "dame",
        "brother",
        "sister",
        "father",
        "mother",
        "old",
        "young",
        "saint",
        "uncle",
        "aunt",
        "goodwife",
        "goodman",
        "keeper",
        "warden",
        "elder",
        "dear",
        "mr",
        "mrs",
        "dr",
        "st",
        "the",
    ]
)
_FIRST = re.compile(r"^[\"“'‘(]*([A-Z][a-zà-ÿ]+)((?:['’]s)?)(.*)$", re.DOTALL)
_AGENT = re.compile(
    r"^,?\s(?:(?:himself|herself|says?|said|told|tells|knew|knows|came|comes|went|goes|lives?|"
    r"lived|swore|"
    r"swears|claims?|keeps|kept|sent|sends|sells|sold|wrote|promised|once|used to|couldn['’]t|"
    r"can['’]t|"
    r"wouldn['’]t|won['’]t|hasn['’]t|doesn['’]t|didn['’]t|has|had|would|will|taught|owes|owns|"
    r"runs|ran|"
    r"makes|made|brews|forged|built|died|rules|ruled|sits|pays|paid|charges|is (?:the|a|my|"
    r"our|his|her|in)"
    r"|was (?:the|a|my|our|his|her))\b|(?:the [A-Z]|of the |of [A-Z]|and [A-Z]))"
    r"|^, (?:the|my|our|who|that old|old|from|son|daughter|down|up) "
)
_NOUN = re.compile(
    r"^\s(?:folk|men|people|steel|wine|wool|market|road|gate|bridge|harbou?r|salt|bells)\b"
)


@lru_cache(maxsize=1)
def common_words() -> frozenset[str]:
    """English words that often open a sentence and are no names."""
    text = (files("townsfolk.language") / "openers_en.txt").read_text("utf-8")
    return frozenset(text.split()) | english_stopwords()


def invented_names(
    text: str,
    known: Collection[str],
    is_word: Callable[[str], bool],
    pairs: Collection[tuple[str, str]],
) -> list[str]:
    """Names that are not known: words with a capital, and known ones in a new connection."""
    found = unknown_names(text, known)
    for sentence in split_sentences(text):
        found += _opening(sentence, known, is_word)
    if pairs:
        found += _new_pairs(text, known, pairs)
    return list(dict.fromkeys(found))


def _opening(sentence: str, known: Collection[str], is_word: Callable[[str], bool]) -> list[str]:
    """A name at the start of a sentence, where any word has a capital."""
    match = _FIRST.match(sentence)
    if match is None:
        return []
    word, possessive, rest = match.group(1), match.group(2), match.group(3)
    lower = word.lower()
    if lower in known or _common(lower, is_word):
        return []
    named = (
        possessive and re.match(r"\s[a-z]", rest) and not re.match(r"\s(?:a|an|the|not|no)\b", rest)
    )
    return [word] if named or _AGENT.match(rest) or _NOUN.match(rest) else []


def _common(word: str, is_word: Callable[[str], bool]) -> bool:
    """Whether a word, or what it is made from, is an ordinary one."""
    forms = {
        word,
        *(word.removesuffix(end) for end in ("s", "es", "d", "ed", "ing", "ly", "er", "est", "y")),
    }
    forms |= {form + "e" for form in set(forms)} | {
        form[:-1] for form in set(forms) if len(form) > 3
    }
    return any(len(form) > 1 and (form in common_words() or is_word(form)) for form in forms)


def _new_pairs(text: str, known: Collection[str], pairs: Collection[tuple[str, str]]) -> list[str]:
    """Two known words of names that stand side by side nowhere in the town."""
    found = []
    pattern = r"(?<=[a-z,;] )([A-Z][a-z]+) ([A-Z][a-z]+)"
    for match in re.finditer(pattern, text):
        first, second = match.group(1).lower(), match.group(2).lower()
        if first not in _TITLES and (first, second) not in pairs and {first, second} <= set(known):
            found.append(match.group())
    return found
