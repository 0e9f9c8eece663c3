"""Lore that stands in a profile: what is public in it, and what its owner alone knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from townsfolk.town.audience import Audiences, open_secret
from townsfolk.town.lore import EVERYONE, LoreEntry
from townsfolk.town.persona import Persona
from townsfolk.town.source import Location, Source
from townsfolk.town.templates import Templates
from townsfolk.town.texts import Text


def person_lore(
    identifier: str,
    persona: Persona,
    source: Source,
    at: Location,
    languages: Sequence[str],
    audiences: Audiences,
    templates: Templates,
) -> Iterator[LoreEntry]:
    """The public entry of a person, then its relationships and secrets, known to itself.

    The profile stands at a location of a file.
    """

    def sources(*steps: str | int) -> dict[str, str]:
        line = source.line((*at, *steps)) or 1
        return dict.fromkeys(languages, f"{source.file}:{line}")

    yield LoreEntry(
        id=identifier,
        category="npc",
        title=persona.name,
        body={language: _public(persona, language, templates) for language in languages},
        audience=EVERYONE,
        aliases=persona.aliases,
        sources=sources(),
        key_facts={language: (persona.name.get(language),) for language in languages},
    )
    for index, relationship in enumerate(persona.relationships):
        yield LoreEntry(
            id=f"{identifier}.relationships.{relationship.with_}",
            category="relationship",
            title=persona.name,
            body=_in(relationship.text, languages),
            audience=frozenset({identifier}),
            hidden_from=frozenset({relationship.with_}) - {identifier},
            sources=sources("relationships", index),
        )
    for index, secret in enumerate(persona.secrets):
        place = (*at, "secrets", index, "audience")
        audiences.problems.extend(open_secret(secret.audience, source, place))
        shared = audiences.resolve(secret.audience, source, place)
        yield LoreEntry(
            id=f"{identifier}.secrets.{secret.id}",
            category="secret",
            title=persona.name,
            body=_in(secret.text, languages),
            audience=(shared - EVERYONE) | {identifier},
            confidential=True,
            importance=0.9,
            sources=sources("secrets", index),
        )


def _public(persona: Persona, language: str, templates: Templates) -> str:
    return templates.render(
        "passage_person",
        language,
        name=persona.name.get(language),
        trade=persona.trade.get(language),
        city=persona.city.get(language),
        personality=persona.personality.get(language),
        age=persona.age,
        background=persona.background.get(language),
    )


def _in(text: Text, languages: Sequence[str]) -> dict[str, str]:
    return {language: text.get(language) for language in languages}
