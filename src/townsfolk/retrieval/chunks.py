"""Chunks: what is indexed, one for each lore entry and language, or more where a text is long."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from townsfolk.language.sentences import split_sentences
from townsfolk.town.lore import LoreEntry

LONGEST = {"en": 1200, "ko": 600}
"""Characters of a chunk, so that title and text stay well within the 512 tokens of e5."""
_JOINT = " › "


@dataclass(frozen=True, slots=True)
class Chunk:
    """A text to be found, where it stands and whom it serves."""

    id: str
    """The entry's id and the language, and from the second part of a long text on its number."""
    entry: LoreEntry
    """The entry; of a long text, with only the part that the chunk is."""
    language: str
    text: str
    """What is embedded: the titles above it, and the text."""
    source: str
    """Its file, with the line where the entry begins if the file holds more than one."""
    serves: tuple[str, ...]
    """The languages in which a scene sees this chunk: its own, and those the entry lacks."""

    @property
    def content_hash(self) -> str:
        """Tells whether a cached vector still fits."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:32]


def chunks_of(lore: Mapping[str, LoreEntry], languages: Sequence[str]) -> list[Chunk]:
    """The chunks of a town's lore, in a stable order."""
    alone = Counter(
        file for entry in lore.values() for file in {_file(s) for s in entry.sources.values()}
    )
    return [chunk for entry in lore.values() for chunk in _of_entry(entry, languages, alone)]


def _of_entry(
    entry: LoreEntry, languages: Sequence[str], alone: Mapping[str, int]
) -> Iterator[Chunk]:
    missing = [language for language in languages if language not in entry.body]
    for position, (language, body) in enumerate(entry.body.items()):
        serves = (language, *missing) if position == 0 else (language,)
        source = entry.sources.get(language) or next(iter(entry.sources.values()), "")
        if alone[_file(source)] == 1:
            source = _file(source)
        title = _titled(entry, language, body, source)
        cut = parts(body, LONGEST.get(language, LONGEST["en"]))
        for number, part in enumerate(cut, start=1):
            identifier = f"{entry.id}.{language}" + (f".{number}" if number > 1 else "")
            own = entry if len(cut) == 1 else replace(entry, body={**entry.body, language: part})
            yield Chunk(identifier, own, language, title + part, source, serves)


def _titled(entry: LoreEntry, language: str, body: str, source: str) -> str:
    """The titles that stand before each part of a text."""
    own = entry.title.get(language)
    told = own in body or _is_number(own, source)
    titles = [*entry.path.get(language, ()), *([] if told else [own])]
    return f"{_JOINT.join(titles)}: " if titles else ""


def _is_number(title: str, source: str) -> bool:
    """Whether a title is only the name of a numbered file, as P001 of p001.md: it tells nothing."""
    letters, stem = (re.sub(r"[\W_]+", "", t).lower() for t in (title, Path(_file(source)).stem))
    return letters == stem and any(letter.isdigit() for letter in letters)


def _file(source: str) -> str:
    file, colon, line = source.rpartition(":")
    return file if colon and line.isdigit() else source


def parts(text: str, longest: int) -> list[str]:
    """A text in parts of at most so many characters, cut between paragraphs, else sentences.

    A sentence that is longer than a part is cut between words.
    """
    if len(text) <= longest:
        return [text]
    found: list[str] = []
    for paragraph in filter(str.strip, text.split("\n\n")):
        pieces = [paragraph] if len(paragraph) <= longest else _sentences(paragraph, longest)
        for piece in pieces:
            joint = "\n\n" if piece is paragraph else " "
            if found and len(found[-1]) + len(joint) + len(piece) <= longest:
                found[-1] += joint + piece
            else:
                found.append(piece)
    return found


def _sentences(paragraph: str, longest: int) -> Iterator[str]:
    for sentence in split_sentences(paragraph):
        while len(sentence) > longest:
            cut = sentence.rfind(" ", 0, longest)
            cut = cut if cut > 0 else longest
            yield sentence[:cut]
            sentence = sentence[cut:].strip()
        yield sentence
