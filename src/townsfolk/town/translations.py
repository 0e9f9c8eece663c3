"""Markdown entries that lack one of the town's languages."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from townsfolk.town.errors import Problem, did_you_mean, nearest
from townsfolk.town.markdown import Document, Section

_COMPARED = 100
"""How many ids are looked at for misspellings: each is compared with all others."""

Variants = Mapping[str, tuple[Document, Section]]
"""An entry's sections by language."""


def untranslated_sections(
    entries: Mapping[str, Variants], languages: Sequence[str], broken: Collection[str]
) -> Iterator[Problem]:
    """Entries without a section in each language, but those whose file states its one `lang`.

    Families of files of which one is broken are left out: their entries may stand there.
    """
    lacking = {
        identifier: [language for language in languages if language not in variants]
        for identifier, variants in entries.items()
        if not any(
            section.fields.lang or document.family in broken
            for document, section in variants.values()
        )
    }
    first = [name for name, missing in lacking.items() if missing and languages[0] not in missing]
    others = [name for name, missing in lacking.items() if missing and languages[0] in missing]
    # An entry that a translation misspells is one mistake and not two.
    misspelt = {nearest(name, first) for name in others[:_COMPARED]}
    for language in languages:
        files: dict[str, list[tuple[Document, Section]]] = {}
        for name in [*first, *others]:
            if language in lacking[name] and name not in misspelt:
                document, section = next(iter(entries[name].values()))
                files.setdefault(document.file, []).append((document, section))
        for places in files.values():
            yield from _untranslated(places, language, first)


def _untranslated(
    places: list[tuple[Document, Section]], language: str, known: list[str]
) -> Iterator[Problem]:
    document, _ = places[0]
    found = f"is not written in {language!r}, a language of the town"
    named = sum(not section.generated for section in document.sections)
    if 1 < len(places) == named:
        file = f"{document.family}.{language}.md"
        remedy = f"add {file}, or state its one language with lang: in its front matter"
        yield Problem(document.file, None, "", found, remedy=remedy)
        return
    for index, (_, section) in enumerate(places):
        compared = index < _COMPARED and section.id not in known
        remedy = did_you_mean(section.id, known) if compared else ""
        remedy = remedy or f"add {{#{section.id}}} to the file of the same name in {language!r}"
        yield Problem(document.file, section.line, f"#{section.id}", found, remedy=remedy)
