"""Texts in the languages of a town."""

from __future__ import annotations

from typing import Any, Literal, get_args

from pydantic import RootModel, model_validator
from pydantic_core import PydanticCustomError

from townsfolk.town.errors import did_you_mean

Language = Literal["en", "ko"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

ANY_LANGUAGE = ""
"""Key of a text that was written as a plain string: the same in every language."""


def _by_language(value: Any, plain: type) -> Any:
    """Bring a plain value or a mapping of languages to a mapping, or say what is wrong."""
    if isinstance(value, plain):
        return {ANY_LANGUAGE: value}
    if not isinstance(value, dict):
        kind = "a text" if plain is str else "a list of texts"
        raise PydanticCustomError(
            "localized",
            "expected {kind} or a mapping of languages like {{en: …, ko: …}}, found {found}",
            {"kind": kind, "found": type(value).__name__},
        )
    for key in value:
        if key not in LANGUAGES and key != ANY_LANGUAGE:
            raise PydanticCustomError(
                "language",
                "unknown language {found}; allowed: en, ko{hint}",
                {"found": repr(key), "hint": _hint(str(key))},
            )
    if not value:
        raise PydanticCustomError("localized", "is empty; allowed: en, ko", {})
    return value


def _hint(key: str) -> str:
    alias = {"kr": "ko", "kor": "ko", "korean": "ko", "eng": "en", "english": "en"}.get(key.lower())
    suggestion = f"did you mean {alias!r}?" if alias else did_you_mean(key, LANGUAGES)
    return f"; {suggestion}" if suggestion else ""


class Text(RootModel[dict[str, str]]):
    """A text: one string for all languages, or one for each."""

    @model_validator(mode="before")
    @classmethod
    def _accept(cls, value: Any) -> Any:
        return _by_language(value, str)

    @model_validator(mode="after")
    def _not_blank(self) -> Text:
        for language, text in self.root.items():
            if not text.strip():
                where = f" in {language!r}" if language else ""
                raise PydanticCustomError("blank", "is blank{where}", {"where": where})
        return self

    def get(self, language: str) -> str:
        """The text in a language; the plain string, or any other one, where it has none."""
        found = self.root.get(language) or self.root.get(ANY_LANGUAGE)
        return found if found is not None else next(iter(self.root.values()))

    def missing(self, languages: tuple[Language, ...]) -> list[str]:
        """The languages of the town this text is not written in."""
        if ANY_LANGUAGE in self.root:
            return []
        return [language for language in languages if language not in self.root]

    @property
    def variants(self) -> list[str]:
        """The text in each language it has."""
        return list(self.root.values())


class Texts(RootModel[dict[str, list[str]]]):
    """A list of texts: one list for all languages, or one for each."""

    @model_validator(mode="before")
    @classmethod
    def _accept(cls, value: Any) -> Any:
        return _by_language(value, list)

    def get(self, language: str) -> list[str]:
        """The texts in a language; empty where there are none."""
        return self.root.get(language) or self.root.get(ANY_LANGUAGE) or []

    def missing(self, languages: tuple[Language, ...]) -> list[str]:
        """The languages of the town for which the list is absent."""
        if ANY_LANGUAGE in self.root:
            return []
        return [language for language in languages if not self.root.get(language)]

    @property
    def variants(self) -> list[str]:
        """The texts of all languages in one list."""
        return [text for texts in self.root.values() for text in texts]


NO_TEXTS = Texts(root={ANY_LANGUAGE: []})
"""An empty list in every language."""
