"""Lore in Markdown: one entry from its sections in each language."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from townsfolk.town.audience import Audiences
from townsfolk.town.errors import Problem, listing
from townsfolk.town.knowledge import Knowledge, knowledge_files
from townsfolk.town.lore import EVERYONE, LoreEntry
from townsfolk.town.markdown import Document, Section, family, parse_markdown
from townsfolk.town.names import Names
from townsfolk.town.source import Location, Source, SourceError, read_text, relative
from townsfolk.town.story_time import order
from townsfolk.town.texts import LANGUAGES, Text, meant_language
from townsfolk.town.translations import untranslated_sections


@dataclass(slots=True)
class MarkdownLoreReader:
    """Reads the Markdown files of a town's knowledge; what is wrong is added to the problems."""

    root: Path
    default_language: str
    """The language of a file whose name and front matter state none."""
    names: Names
    """What is read here adds the names of lore."""
    audiences: Audiences
    problems: list[Problem]
    knowledge: Knowledge

    def read(self) -> None:
        """Every Markdown file; sections with one id in several languages are one entry."""
        sections: dict[str, dict[str, tuple[Document, Section]]] = {}
        broken: set[str] = set()
        for path in knowledge_files(self.root, ".md"):
            try:
                text = read_text(self.root, path)
            except SourceError as error:
                self.problems.append(error.problem)
                broken.add(family(relative(self.root, path)))
                continue
            document = parse_markdown(relative(self.root, path), text, self.problems)
            if not document.complete:
                broken.add(document.family)
            stated = _language_of(self.root, path, self.problems)
            language = stated or document.front.lang or self.default_language
            for section in document.sections:
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
        self.problems.extend(untranslated_sections(sections, languages, broken))

    def _entry(self, identifier: str, variants: dict[str, tuple[Document, Section]]) -> LoreEntry:
        """One entry from its sections in each language."""
        # What a heading states of itself counts, in whichever file it stands; else the base file's.
        base_document, base = next(iter(variants.values()))
        audience = self._audience(identifier, variants)
        return LoreEntry(
            id=identifier,
            category=base.fields.category or Path(base_document.file).stem,
            title=Text(root={lang: section.title for lang, (_, section) in variants.items()}),
            body={lang: section.body for lang, (_, section) in variants.items()},
            audience=audience,
            confidential=audience != EVERYONE,
            importance=base.fields.importance,
            key_facts={lang: tuple(s.key_facts) for lang, (_, s) in variants.items()},
            sources={lang: f"{doc.file}:{s.line}" for lang, (doc, s) in variants.items()},
            valid_from=order(base.fields.valid_from),
            valid_to=order(base.fields.valid_to),
        )

    def _audience(
        self, identifier: str, variants: dict[str, tuple[Document, Section]]
    ) -> frozenset[str]:
        """The audience that an entry's files state; the narrowest where they differ."""
        stated: list[frozenset[str]] = []
        for document, section in variants.values():
            if "audience" in section.given:
                heading = Source(document.file, None, {(): section.line})
                at: Location = (f"#{identifier} audience",)
                stated.append(self.audiences.resolve(section.fields.audience, heading, at))
            elif "audience" in document.front.model_fields_set and document.source is not None:
                front = document.front.audience
                stated.append(self.audiences.resolve(front, document.source, ("audience",)))
        if not stated:
            return EVERYONE
        narrow = [audience for audience in stated if audience != EVERYONE]
        return frozenset.intersection(*narrow) if narrow else stated[0]


def _language_of(root: Path, path: Path, problems: list[Problem]) -> str | None:
    """The language that a file's name states, as in `NAME.ko.md`."""
    inner = Path(path.stem).suffix.lstrip(".")
    if inner in LANGUAGES:
        return inner
    meant = meant_language(inner) if len(inner) > 1 else None
    if meant is None:
        return None
    problems.append(
        Problem(relative(root, path), None, "", f"its name has the unknown language {inner!r}",
                listing(LANGUAGES), f"did you mean {path.stem.removesuffix(inner)}{meant}.md?")
    )  # fmt: skip
    return meant
