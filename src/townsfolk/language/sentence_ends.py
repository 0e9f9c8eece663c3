"""Whether a text without a full stop may be a whole sentence."""

from __future__ import annotations

import re

from townsfolk.language.tokens import morphemes

_OPEN = """a an the and or nor but because if than unless until while although though since of
    for from
    with without into onto upon per my your our their its every whose very as at to is are was were
    will would shall should can could may might must am be been who which where"""
_OPEN_EN = frozenset(_OPEN.split())
"""English words behind which something has to come; short answers may end in the verbs."""
_ANSWERS = re.compile(r"\b(?:i|you|he|she|it|we|they|there|that|this)\s\w+$", re.IGNORECASE)
_PARTICLE = re.compile(
    r"[가-힣](?:을|를|의|에|에서|에게|한테|께|으로|부터|까지|처럼|보다|와|과|은|는)$"
)
_CONNECTIVE = re.compile(
    r"(?:지만|면서|으며|하며|이며|려고|도록|므로|느라|더니|자마자|으면|다면|라면|하면|거나|아서|"
    r"어서|해서|"
    r"하고|이고|기에|다가|는데도|을수록|할수록|ㄹ수록)$"
)
_FREE = frozenset("어아야해여지줘봐와돼게래네나까데고니든걸군요다오소세라자죠")


def may_end(text: str) -> bool:
    """Whether the last word is one that a sentence can end in."""
    last = re.search(r"[\w'’]+$", text)
    if last is None:
        return False
    word = last.group()
    if not re.search(r"[가-힣]$", word):
        return word.lower() not in _OPEN_EN or bool(_ANSWERS.search(text))
    if _PARTICLE.search(word) or _CONNECTIVE.search(word):
        return False
    found = morphemes(text)
    if not found:
        return True
    tag = found[-1].tag.split("+")[-1]
    if tag.startswith("J"):
        return word.endswith("요")
    if tag == "EC":
        return word[-1] in _FREE
    return not tag.startswith(("ET", "EP", "MM"))
