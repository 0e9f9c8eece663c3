"""YAML files with the line of every key."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from townsfolk.town.errors import Problem, shown
from townsfolk.town.source import (
    MAX_DEPTH,
    MAX_NODES,
    Location,
    Source,
    SourceError,
    read_text,
    relative,
    too_large,
)

_MAX_BITS = 64
_TEXT_TAG = "tag:yaml.org,2002:str"
_TIME_TAG = "tag:yaml.org,2002:timestamp"
_MERGE_TAG = "tag:yaml.org,2002:merge"


class _Loader(yaml.CSafeLoader):
    """Reads plain data. A date stays a text, as the town has its own calendar."""

    yaml_implicit_resolvers = {
        first: [(tag, form) for tag, form in resolvers if tag != _TIME_TAG]
        for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """The value of a node. What its tag cannot read is an error with its line."""
        try:
            value = super().construct_object(node, deep)
        except (AttributeError, LookupError, TypeError, ValueError):
            kind = node.tag.rpartition(":")[2]
            found = f"{shown(node.value)} is no {kind}"
            raise yaml.MarkedYAMLError(problem=found, problem_mark=node.start_mark) from None
        if isinstance(value, int) and value.bit_length() > _MAX_BITS:
            found = "the number is too large"
            raise yaml.MarkedYAMLError(problem=found, problem_mark=node.start_mark)
        return value


def read_yaml(root: Path, path: Path) -> Source:
    """A YAML file with its lines.

    Raises:
        SourceError: it cannot be read or is not YAML.
    """
    return parse_yaml(relative(root, path), read_text(root, path))


def parse_yaml(name: str, text: str) -> Source:
    """YAML text with its lines, named for error messages. Raises SourceError."""
    source = Source(name, None)
    try:
        _check_depth(name, text)
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            if node is not None:
                _walk(node, (), source, 0, [0])
                source.data = loader.construct_document(node)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        raise SourceError(_broken_yaml(name, text, error)) from None
    except yaml.YAMLError as error:
        raise SourceError(Problem(name, None, "", f"broken YAML: {error}")) from None
    return source


def _broken_yaml(name: str, text: str, error: yaml.MarkedYAMLError) -> Problem:
    found = f"broken YAML: {error.problem or error.context}"
    mark, begin = error.problem_mark or error.context_mark, error.context_mark
    last = text.rstrip().count("\n") + 1
    line = mark.line + 1 if mark else last
    if begin and begin.line + 1 < line and error.context:
        first = begin.line + 1
        found += f" ({error.context} that begins in line {first})"
        if line > last:
            line = first  # What is not closed before the file ends is mended where it begins.
    line = min(line, last)
    return Problem(
        name, line, "", found, remedy="check indentation, colons and quotes at this line"
    )


def _check_depth(name: str, text: str) -> None:
    """Refuse deep nesting before the parser builds nodes, which it does by recursion in C."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                mark = event.start_mark
                raise SourceError(too_large(name, mark.line + 1 if mark else None))
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _walk(node: yaml.Node, location: Location, source: Source, depth: int, seen: list[int]) -> None:
    """Note the line of each key and item, and keys that stand twice in one mapping."""
    seen[0] += 1
    if depth > MAX_DEPTH or seen[0] > MAX_NODES:
        raise SourceError(too_large(source.file, node.start_mark.line + 1))
    source.lines.setdefault(location, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        keys: set[Hashable] = set()
        for key_node, value_node in node.value:
            merge = key_node.tag == _MERGE_TAG
            if isinstance(key_node, yaml.ScalarNode) and not merge:
                key_node.tag = _TEXT_TAG  # `1:` and `no:` are names like any other.
            key = str(key_node.value)
            line = key_node.start_mark.line + 1
            if key in keys and not merge:
                source.note_twice((*location, key), line)
            keys.add(key)
            source.lines[(*location, key)] = line
            _walk(value_node, (*location, key), source, depth + 1, seen)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            source.lines[(*location, index)] = item.start_mark.line + 1
            _walk(item, (*location, index), source, depth + 1, seen)
