"""The base of everything a designer writes, and the translation of its errors."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, RootModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from townsfolk.town.errors import Problem, did_you_mean, listing
from townsfolk.town.source import Location, Source

T = TypeVar("T")


class Entry(BaseModel):
    """A mapping in a town's file: unknown keys are errors, and it does not change once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


def validate(shape: Any, source: Source, problems: list[Problem], at: Location = ()) -> Any:
    """The part of a file at a location as a typed value; None, with problems added, if it is not one."""
    value = source.data
    for step in at:
        value = value[step]
    try:
        return TypeAdapter(shape).validate_python(value)
    except ValidationError as error:
        found: dict[str, Problem] = {}
        for details in error.errors(include_url=False):
            problem = _problem(shape, source, at, details)
            # A value that fits no member of a union gives one error a member: keep the first.
            found.setdefault(problem.key, problem)
        problems.extend(found.values())
        return None


def is_tag(step: str | int) -> bool:
    """Whether a step of a pydantic location names a union member and not a key of the file."""
    return isinstance(step, str) and (step.startswith("<") or step == "[key]")


def _problem(shape: Any, source: Source, at: Location, details: ErrorDetails) -> Problem:
    location = tuple(step for step in details["loc"] if not is_tag(step))
    where = _in_file(source, at + location)
    key = ".".join(str(step) for step in where)
    line = source.line(where)
    kind, found = details["type"], details["input"]
    if kind == "extra_forbidden":
        fields = list(_fields_at(shape, location[:-1]))
        name = str(location[-1])
        return Problem(source.file, line, key, f"unknown key {name!r}", listing(fields, 40),
                       did_you_mean(name, fields))  # fmt: skip
    if kind == "missing":
        return Problem(source.file, line, key, "is missing", remedy=f"add the key {location[-1]!r}")
    if kind in {"literal_error", "enum"}:
        allowed = str(details.get("ctx", {}).get("expected", ""))
        names = [name.strip(" '") for name in allowed.replace(" or ", ",").split(",")]
        return Problem(source.file, line, key, f"found {found!r}", allowed,
                       did_you_mean(str(found), names))  # fmt: skip
    message = details["msg"]
    if kind in {"model_type", "dict_type", "list_type"} or kind.endswith(("_type", "_parsing")):
        message = f"{message}, found {_shown(found)}"
    return Problem(source.file, line, key, message)


def _shown(value: Any) -> str:
    text = repr(value)
    return f"{type(value).__name__} {text[:60]}{'…' if len(text) > 60 else ''}"


def _in_file(source: Source, location: Location) -> Location:
    """The location without the names of union members that pydantic puts between the keys."""
    kept: Location = ()
    for index, step in enumerate(location):
        last = index == len(location) - 1
        if (*kept, step) in source.lines or last:
            kept = (*kept, step)
    return kept


def _fields_at(shape: Any, location: Location) -> Iterator[str]:
    """The keys that may stand in the mapping at a location of a typed shape."""
    for model in _models_at(shape, location):
        for name, info in model.model_fields.items():
            yield info.alias or name


def _models_at(shape: Any, location: Location) -> list[type[BaseModel]]:
    origin = get_origin(shape)
    if origin in (Union, types.UnionType):
        return [m for member in get_args(shape) for m in _models_at(member, location)]
    if hasattr(shape, "__metadata__"):
        return _models_at(get_args(shape)[0], location)
    if isinstance(shape, type) and issubclass(shape, RootModel):
        return _models_at(shape.model_fields["root"].annotation, location)
    if isinstance(shape, type) and issubclass(shape, BaseModel):
        if not location:
            return [shape]
        for name, info in shape.model_fields.items():
            if location[0] in (info.alias, name):
                return _models_at(info.annotation, location[1:])
        return []
    if origin is dict and location:
        return _models_at(get_args(shape)[1], location[1:])
    if origin in (list, tuple) and location:
        return _models_at(get_args(shape)[0], location[1:])
    return []
