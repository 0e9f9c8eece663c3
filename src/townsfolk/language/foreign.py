"""Words of other languages in an English or Korean text.

Another script is seen letter by letter (Unicode Standard Annex 24, script property, by blocks). A
European language is known by its function words, which are the most frequent words of any text and
hardly ever borrowed (Grefenstette, 1995, on telling languages by small words), and by letters that
English does not use.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from townsfolk.language.sentences import split_sentences

_FUNCTION_WORDS: dict[str, frozenset[str]] = {
    name: frozenset(text.split())
    for name, text in {
        "Spanish": "el la los las un una de del al que y en por para con sin es "
        "son está están hay no se "
        "su sus mi mis tu tus lo le les muy pero como más nos yo "
        "usted ustedes gracias señor señora amigo "
        "hola bueno buenas buenos noches días antes después esta "
        "este eso aquí donde cuando porque miente "
        "dinero adiós vaya vamos siempre nunca todo nada",
        "French": "le la les un une des du de et en au aux que qui ne pas je "
        "tu il elle nous vous ils est "
        "sont suis c'est n'est avec pour sans dans sur mon ma mes "
        "votre vos notre ce cette mais où donc "
        "très bien merci bonjour bonsoir monsieur madame s'il plaît "
        "toujours jamais rien tout oui voilà "
        "ami mais tel règlement",
        "German": "der die das den dem des ein eine einen einem und ist sind "
        "nicht ich du er sie es wir ihr "
        "mit von zu zum zur auf für aus bei nach durch über unter "
        "vor wie was wo wenn aber oder nur noch "
        "auch dann hier kein keine mein meine dein sein haben hat "
        "wird werden gut danke bitte herr frau "
        "guten tag abend morgen immer nie alles nichts",
        "Italian": "il lo la gli le un una di del della dei che e è in con per "
        "non si mi ti ci sono sei "
        "siamo questo questa molto bene grazie prego signore signora "
        "buongiorno buonasera come dove quando "
        "perché sempre mai tutto niente amico mio mia nel nella sul al alla",
        "Portuguese": "o os as um uma de do da dos das que e em no na com por para "
        "não se é são está eu "
        "você muito bem obrigado obrigada senhor senhora bom boa dia "
        "noite sempre nunca tudo nada meu minha "
        "amigo mas como onde quando",
        "Latin": "et in est non ad cum sed per ex ab qui quae quod ut si nunc semper omnia vincit "
        "veritas tempus nihil sunt esse deus pax aut atque enim quid ars longa vita carpe diem",
        "Dutch": "de het een en van is niet ik je jij hij zij wij met voor op "
        "aan te dat die dit maar ook "
        "naar bij nog wel geen goed dank u mijn jouw heer mevrouw "
        "goedenavond altijd nooit alles niets",
        "Scandinavian": "og och er är ikke inte jeg jag du han hun vi det den en et "
        "ett som med til till "
        "på av for för ikkje god kveld takk tack alltid aldri alt",
        "Polish": "i w na nie to jest się z do że jak ale co pan pani dzień "
        "dobry dziękuję proszę tak",
    }.items()
}
_ALSO_ENGLISH = frozenset(
    [
        "a",
        "an",
        "as",
        "at",
        "in",
        "is",
        "it",
        "no",
        "on",
        "to",
        "so",
        "me",
        "he",
        "do",
        "was",
        "he",
        "her",
        "his",
        "we",
        "us",
        "if",
        "or",
        "for",
        "die",
        "man",
        "gut",
        "war",
        "hat",
        "was",
        "er",
        "son",
        "sin",
        "den",
        "pour",
        "les",
        "bus",
        "par",
        "due",
        "per",
        "pan",
        "us",
        "tag",
        "van",
        "den",
        "met",
        "we",
        "han",
        "hun",
        "en",
        "i",
        "o",
        "e",
        "y",
        "u",
        "am",
        "all",
        "an",
        "also",
        "bad",
        "bald",
        "fast",
        "mine",
        "most",
        "not",
        "off",
        "rat",
        "she",
        "under",
        "the",
        "and",
        "dem",
        "per",
        "se",
        "come",
        "more",
        "made",
        "dare",
        "ex",
        "ab",
        "mi",
        "bin",
        "la",
        "o'",
        "de",
        "don",
        "con",
        "mai",
        "mal",
        "nun",
        "si",
        "sun",
        "tu",
        "vie",
        "ten",
        "ton",
        "tout",
        "tale",
        "note",
        "come",
        "mine",
        "most",
        "on",
        "had",
        "has",
        "ad",
        "up",
    ]
)
_LOANS = frozenset(
    ["café", "naïve", "fiancé", "fiancée", "cliché", "façade", "née", "rosé", "sauté"]
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]+")


def other_script(text: str, language: str) -> str | None:
    """The first run of letters of a script that a language does not use."""
    run = ""
    for letter in text:
        if letter.isalpha() and not _own(letter, language):
            run += letter
        elif run:
            break
    return run or None


def _own(letter: str, language: str) -> bool:
    name = unicodedata.name(letter, "")
    if language == "ko":
        return name.startswith(("HANGUL", "LATIN"))
    return name.startswith("LATIN")


def foreign_sentence(text: str, known: Callable[[str], bool]) -> str | None:
    """The first clause in another European language, as told by its small words and letters."""
    for sentence in split_sentences(text):
        for clause in re.split(r"[,;:—–]\s|[“”\"«»]", sentence):
            words = [word.lower() for word in _WORD.findall(clause)]
            unknown = [word for word in words if not known(word)]
            if _reads_foreign(words, unknown):
                return clause.strip()
    return None


def _reads_foreign(words: list[str], unknown: list[str]) -> bool:
    accented = [w for w in unknown if not w.isascii() and w not in _LOANS]
    if accented:
        return True
    for small in _FUNCTION_WORDS.values():
        hits = [word for word in words if word in small]
        clear = [word for word in hits if word not in _ALSO_ENGLISH and word in unknown]
        if len(clear) >= 2 or (clear and 2 * len(hits) >= len(words) and len(words) > 1):
            return True
        if clear and len(unknown) >= 2 and len(unknown) * 2 >= len(words):
            return True
    return False


def latin_words(text: str) -> list[str]:
    """The Latin words of a text."""
    return _LATIN.findall(text)
