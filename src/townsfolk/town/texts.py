"""Texts in the languages of a town."""

from __future__ import annotations

from typing import Any, Literal, get_args

from pydantic import RootModel, model_validator
from pydantic_core import PydanticCustomError

from townsfolk.town.errors import nearest
from townsfolk.town.schema import wrong_kind

Language = Literal["en", "ko"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_ALLOWED = ", ".join(LANGUAGES)
_OTHER_NAMES = {"kr": "ko", "kor": "ko", "korean": "ko", "eng": "en", "english": "en"}

ANY_LANGUAGE = ""
"""Key of a text that was written as a plain string: the same in every language."""


def _by_language(value: Any, plain: type) -> Any:
    """Bring a plain value or a mapping of languages to a mapping, or say what is wrong."""
    if isinstance(value, plain):
        return {ANY_LANGUAGE: value}
    if not isinstance(value, dict):
        kind = "a text" if plain is str else "a list of texts"
        raise wrong_kind(f"{kind} or a mapping of languages like {{en: …, ko: …}}")
    for key in value:
        if key not in LANGUAGES and key != ANY_LANGUAGE:
            raise PydanticCustomError(
                "language",
                "unknown language {found}",
                {"found": repr(key), "key": key, "allowed": _ALLOWED, "remedy": _hint(key)},
            )
    if not value:
        raise wrong_kind(_ALLOWED)
    return value


def _hint(key: str) -> str:
    meant = meant_language(key)
    return f"did you mean {meant!r}?" if meant else ""


def meant_language(key: str) -> str | None:
    """The language that a wrong name of one stands for."""
    return _OTHER_NAMES.get(key.lower()) or nearest(key, LANGUAGES)


def language_in_name(inner: str) -> str | None:
    """The language that the `ko` in `NAME.ko.md` stands for; other inner names are no language."""
    code = inner.lower()
    return code if code in LANGUAGES else _OTHER_NAMES.get(code)


def _blank(language: str) -> PydanticCustomError:
    return PydanticCustomError("blank", "is blank", {"key": language} if language else {})


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
                raise _blank(language)
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

    @model_validator(mode="after")
    def _not_blank(self) -> Texts:
        for language, texts in self.root.items():
            if not all(text.strip() for text in texts):
                raise _blank(language)
        return self

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
