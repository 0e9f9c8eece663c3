"""Lore in Markdown: one entry from its sections in each language."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from townsfolk.town.audience import Audiences
from townsfolk.town.errors import Problem, listing
from townsfolk.town.knowledge import MARKDOWN, Knowledge, knowledge_files, narrowest
from townsfolk.town.lore import EVERYONE, LoreEntry
from townsfolk.town.markdown import Document, Section, parse_markdown
from townsfolk.town.names import Names
from townsfolk.town.slugs import family, id_prefix
from townsfolk.town.source import Location, Source, SourceError, read_text, relative
from townsfolk.town.story_time import order
from townsfolk.town.texts import LANGUAGES, Language, Text, Texts, language_in_name
from townsfolk.town.translations import Variants, untranslated_sections
from townsfolk.town.written_language import detect_language, plain_language


@dataclass(slots=True)
class MarkdownLoreReader:
    """Reads the Markdown files of a town's knowledge; what is wrong is added to the problems."""

    root: Path
    folder: Path
    """The folder of lore, inside the root or the root itself."""
    default_language: Language
    """The language of a text that states none and has no letters."""
    names: Names
    """What is read here adds the names of lore."""
    audiences: Audiences
    problems: list[Problem]
    knowledge: Knowledge

    def read(self) -> None:
        """Every Markdown file; sections with one stated id in several languages are one entry."""
        sections: dict[str, dict[str, tuple[Document, Section]]] = {}
        broken: set[str] = set()
        for path in knowledge_files(self.folder, MARKDOWN):
            file = relative(self.root, path)
            try:
                text = read_text(self.root, path)
            except SourceError as error:
                self.problems.append(error.problem)
                broken.add(family(file))
                continue
            prefix = id_prefix(path.relative_to(self.folder).as_posix())
            document = parse_markdown(file, text, self.problems, prefix)
            if not document.complete:
                broken.add(document.family)
            stated = language_of_name(file, self.problems) or document.front.lang
            written = stated or detect_language(_text(document)) or self.default_language
            for section in document.sections:
                language = _language(section, stated, written)
                if section.generated:
                    entry = self._entry(section.id, {language: (document, section)})
                    self.knowledge.unnamed.append(entry)
                    continue
                variants = sections.setdefault(section.id, {})
                if language in variants:
                    first, other = variants[language]
                    self.problems.append(
                        Problem(document.file, section.line, f"#{section.id}",
                                f"the id {section.id!r} stands twice",
                                remedy=f"first in {first.file}:{other.line}; give one another id")
                    )  # fmt: skip
                    continue
                variants[language] = (document, section)
        for identifier, variants in sections.items():
            self.knowledge.add(self._entry(identifier, variants), self.problems)
        if broken:
            self.names.lore.complete = False
        languages = self.names.languages
        # What is in none of the town's languages was not written to be translated.
        ours = {name: found for name, found in sections.items() if not found.keys().isdisjoint(
            languages)}  # fmt: skip
        self.problems.extend(untranslated_sections(ours, languages, broken))

    def _entry(self, identifier: str, variants: Variants) -> LoreEntry:
        """One entry from its sections in each language."""
        # What a heading states of itself counts, in whichever file it stands; else the base file's.
        base_document, base = next(iter(variants.values()))
        audience = self._audience(variants)
        return LoreEntry(
            id=identifier,
            category=base.fields.category or PurePosixPath(base_document.family).name,
            title=Text(root={lang: section.title for lang, (_, section) in variants.items()}),
            body={lang: section.body for lang, (_, section) in variants.items()},
            audience=audience,
            confidential=audience != EVERYONE,
            importance=base.fields.importance,
            aliases=_aliases(variants),
            key_facts={lang: tuple(s.key_facts) for lang, (_, s) in variants.items()},
            sources={lang: f"{doc.file}:{s.line}" for lang, (doc, s) in variants.items()},
            path={lang: s.path for lang, (_, s) in variants.items() if s.path},
            valid_from=order(base.fields.valid_from),
            valid_to=order(base.fields.valid_to),
        )

    def _audience(self, variants: Variants) -> frozenset[str]:
        """The audience that an entry's files state; the narrowest where they differ."""
        stated: list[frozenset[str]] = []
        for document, section in variants.values():
            if section.audience_from is not None:
                heading = Source(document.file, None, {(): section.audience_from.line})
                at: Location = (f"{section.audience_from.label} audience",)
                stated.append(self.audiences.resolve(section.fields.audience, heading, at))
            elif "audience" in document.front.model_fields_set and document.source is not None:
                front = document.front.audience
                stated.append(self.audiences.resolve(front, document.source, ("audience",)))
        return narrowest(stated)


def language_of_name(file: str, problems: list[Problem]) -> Language | None:
    """The language that a file's name states, as in `NAME.ko.md`."""
    path = PurePosixPath(file)
    inner = PurePosixPath(path.stem).suffix.lstrip(".")
    for language in LANGUAGES:
        if inner == language:
            return language
    meant = language_in_name(inner)
    if meant is None:
        return None
    problems.append(
        Problem(file, None, "", f"its name has the unknown language {inner!r}", listing(LANGUAGES),
                f"did you mean {path.stem.removesuffix(inner)}{meant}{path.suffix}?")
    )  # fmt: skip
    return "ko" if meant == "ko" else "en"


def _text(document: Document) -> str:
    return "\n".join(f"{section.title}\n{section.body}" for section in document.sections)


def _language(section: Section, stated: Language | None, written: Language) -> Language:
    """The language of a section: its heading's, its file's, or the one it is plainly in."""
    if "lang" in section.given and section.fields.lang:
        return section.fields.lang
    return stated or plain_language(section.body) or written


def _aliases(variants: Variants) -> Texts | None:
    """The other names that the front matter gives a file's own entry."""
    found = {
        language: names
        for language, (document, section) in variants.items()
        if section.own and (names := document.front.aliases.get(language))
    }
    return Texts(root=found) if found else None
