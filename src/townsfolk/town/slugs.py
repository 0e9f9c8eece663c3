"""Ids that nobody wrote, made from names; and names made from ids and file names."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

from townsfolk.town.texts import language_in_name

_LONGEST = 60
_APOSTROPHES = re.compile("['’`]")
_BETWEEN_WORDS = re.compile(r"[\W_]+")
_CAMEL_CASE = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NUMBERING = re.compile(r"^\d{1,4}[-_. ]+(?=\D)")


def slug(name: str) -> str:
    """A name as a part of an id: `the_toll_war`, `통행세_전쟁`."""
    words = unicodedata.normalize("NFC", name[: 4 * _LONGEST]).lower()
    joined = _BETWEEN_WORDS.sub("_", _APOSTROPHES.sub("", words)).strip("_")
    return joined[:_LONGEST].strip("_") or "entry"


def readable(name: str) -> str:
    """An id, a key or a file's name as words: `sold_by` and `soldBy` are `Sold by`."""
    words = " ".join(_BETWEEN_WORDS.sub(" ", _CAMEL_CASE.sub(" ", name)).split())
    if not words:
        return name
    rest = words[1:]
    return words[0].upper() + (rest if rest.isupper() else _lowered(rest))


def _lowered(words: str) -> str:
    """Words without the capitals of camel case; an abbreviation keeps its own."""
    return " ".join(word if word[1:2].isupper() else word.lower() for word in words.split(" "))


def file_title(file: str) -> str:
    """A file's name as a title: `Toll war` for `lore/02_toll-war.ko.md`."""
    name = PurePosixPath(family(file)).name
    return readable(_NUMBERING.sub("", name))


def family(file: str) -> str:
    """A file's name without its language: `knowledge/lore` for `knowledge/lore.ko.md`."""
    path = PurePosixPath(file)
    base = path.name.removesuffix(path.suffix)
    stem, dot, inner = base.rpartition(".")
    if dot and language_in_name(inner):
        base = stem
    return (path.parent / base).as_posix()


def id_prefix(file: str) -> str:
    """How the ids begin that a file of a knowledge folder gives: `worldview.history.ko`."""
    path = PurePosixPath(file)
    base = PurePosixPath(family(file))
    inner = path.name.removesuffix(path.suffix).removeprefix(base.name).strip(".")
    return ".".join(slug(part) for part in [*base.parts, *([inner] if inner else [])])
