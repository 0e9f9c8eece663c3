"""The base of everything a designer writes, and the translation of its errors."""

from __future__ import annotations

import re
import types
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, RootModel, Tag, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from townsfolk.town.errors import Problem, did_you_mean, listing, nearest, shown
from townsfolk.town.source import Location, Source

WRONG_KIND = "wrong_kind"
"""The type of an error whose context says what is `allowed`; what was found is added to it."""

_IS_MISSING = "is missing"
_SHOULD_BE = "Input should be "
_EXPECTED = {
    "string_type": "a text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "too_short": "one entry or more",
}


class Entry(BaseModel):
    """A mapping in a town's file: unknown keys are errors, and it does not change once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


def wrong_kind(allowed: str) -> PydanticCustomError:
    """The error of a validator for a value of a wrong kind, with what is allowed instead."""
    return PydanticCustomError(WRONG_KIND, WRONG_KIND, {"allowed": allowed})


def validate(shape: Any, source: Source, problems: list[Problem], at: Location = ()) -> Any:
    """The part of a file at a location as a typed value; None, with problems, if it is not one."""
    value = source.data
    for step in at:
        value = value[step]
    try:
        return _adapter(shape).validate_python(value)
    except ValidationError as error:
        problems.extend(_problems(shape, source, at, error.errors(include_url=False)))
        return None


@lru_cache
def _adapter(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape)


def _problems(
    shape: Any, source: Source, at: Location, errors: list[ErrorDetails]
) -> Iterator[Problem]:
    """The errors as problems, one for each mistake."""
    found: dict[Location, Problem] = {}
    meant: set[Location] = set()
    for details in errors:
        where = _in_file(source, at, details)
        problem = _problem(shape, source, where, details)
        if details["type"] == "extra_forbidden":
            close = nearest(str(where[-1]), _fields_at(shape, details["loc"][:-1]))
            meant.add((*where[:-1], close or ""))
        # A value that fits no member of a union gives one error a member.
        first = found.setdefault(where, problem)
        if first.found == problem.found and problem.allowed not in first.allowed:
            allowed = f"{first.allowed} or {problem.allowed}"
            found[where] = replace(first, allowed=allowed)
    parents = {where[:end] for where in found for end in range(len(where))}
    for where, problem in found.items():
        misspelt = problem.found == _IS_MISSING and where in meant
        # What is wrong inside a value says more than that other members of the union do not fit.
        if not misspelt and where not in parents:
            yield problem


def _problem(shape: Any, source: Source, where: Location, details: ErrorDetails) -> Problem:
    kind, value, context = details["type"], details["input"], details.get("ctx", {})
    found, allowed, remedy = details["msg"], str(context.get("allowed", "")), ""
    if kind == "extra_forbidden":
        fields = list(_fields_at(shape, details["loc"][:-1]))
        name = str(where[-1])
        found, allowed = f"unknown key {name!r}", listing(fields, 40)
        remedy = did_you_mean(name, fields)
    elif kind == "missing":
        found, remedy = _IS_MISSING, f"add the key {where[-1]!r}"
    elif kind == "literal_error":
        found, allowed = f"found {shown(value)}", str(context["expected"])
        remedy = did_you_mean(str(value), re.findall("'([^']*)'", allowed))
    elif kind == WRONG_KIND:
        found = f"found {shown(value)}"
    elif kind in _EXPECTED or found.startswith(_SHOULD_BE):
        allowed = _EXPECTED.get(kind, found.removeprefix(_SHOULD_BE))
        found = f"found {shown(value)}"
    elif "key" in context:
        remedy = str(context.get("remedy", ""))
    key = ".".join(str(step) for step in where)
    return Problem(source.file, source.line(where), key, found, allowed, remedy)


def _in_file(source: Source, at: Location, details: ErrorDetails) -> Location:
    """Where an error is in the file, without the names of union members that pydantic adds."""
    context = details.get("ctx", {})
    named = (context["key"],) if "key" in context else ()
    location = (*at, *details["loc"], *named)
    kept: Location = ()
    value = source.data
    for step in location:
        held = range(len(value)) if isinstance(value, list) else value
        if isinstance(held, dict | range) and step in held:
            kept = (*kept, step)
            value = value[step]
    return (*kept, location[-1]) if details["type"] == "missing" else kept


def _fields_at(shape: Any, location: Location) -> Iterator[str]:
    """The keys that may stand in the mapping at a location of a typed shape."""
    for model in _models_at(shape, location):
        for name, info in model.model_fields.items():
            yield info.alias or name


def _models_at(shape: Any, location: Location) -> list[type[BaseModel]]:
    origin = get_origin(shape)
    if origin in (Union, types.UnionType):
        members = get_args(shape)
        chosen = [m for m in members if location and _member_name(m) == location[0]]
        rest = location[1:] if chosen else location
        return [model for member in chosen or members for model in _models_at(member, rest)]
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


def _member_name(member: Any) -> str:
    """How pydantic names a member of a union in the location of an error."""
    tags = [note.tag for note in getattr(member, "__metadata__", ()) if isinstance(note, Tag)]
    return str(tags[0] if tags else getattr(member, "__name__", ""))
