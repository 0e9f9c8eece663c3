"""A town's own templates, looked at before a turn needs them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from jinja2 import TemplateSyntaxError, nodes
from jinja2.meta import find_undeclared_variables

from townsfolk.town.errors import Problem, did_you_mean, listing
from townsfolk.town.source import SourceError, read_text
from townsfolk.town.templates import FOLDER, Templates, broken, line_of

_UNUSED = {"system": {"trade"}}
"""Variables that a built-in template is given and makes no use of."""
_BESIDE = (".md", ".bak", ".orig", "~")
"""How the names of notes and of editors' copies end, which may lie beside the templates."""
_INCLUDING = (nodes.Include, nodes.Extends, nodes.Import, nodes.FromImport)


def check_templates(templates: Templates) -> Iterator[Problem]:
    """Templates of a town that override nothing, are broken, or use what they are not given.

    One that another template includes may have any name and is given what that one is given.
    """
    parsed: dict[str, nodes.Template] = {}
    files = [] if templates.root is None else list(_files(templates.root))
    for file in files:
        try:
            parsed[file] = _parse(templates, file)
        except SourceError as error:
            yield error.problem
        except (TemplateSyntaxError, RecursionError) as error:
            yield broken(file, line_of(error, file), str(error))
    included = {name for tree in parsed.values() for _, name in _included(tree)}
    built_in = templates.built_in.list_templates()
    for file in parsed:
        if file not in built_in and file not in included:
            found = "no template has this name, so it is never used"
            yield Problem(
                f"{FOLDER}/{file}", None, "", found, listing(built_in, 40),
                did_you_mean(file, built_in),
            )  # fmt: skip
    for file, tree in parsed.items():
        for line, name in _included(tree):
            if name not in built_in and name not in files:
                allowed = listing([*built_in, *files], 40)
                yield broken(file, line, f"includes {name!r}, which is not there", allowed)
        if file in built_in:
            yield from _undefined(templates, file, tree)


def _files(root: Path) -> Iterator[str]:
    """The templates in a town's folder, by their names in it."""
    folder = root / FOLDER
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in name.parts)
        if not hidden and not path.is_dir() and not path.name.endswith(_BESIDE):
            yield name.as_posix()


def _parse(templates: Templates, file: str) -> nodes.Template:
    """A town's template, compiled too: only then an unknown filter is found."""
    assert templates.root is not None
    text = read_text(templates.root, templates.root / FOLDER / file)
    templates.environment.compile(text, file, file)
    return templates.environment.parse(text, file, file)


def _included(tree: nodes.Template) -> Iterator[tuple[int, str]]:
    """The other templates that one cannot do without, as far as it names them outright."""
    for node in tree.find_all(_INCLUDING):
        name = getattr(node, "template", None)
        optional = isinstance(node, nodes.Include) and node.ignore_missing
        if isinstance(name, nodes.Const) and isinstance(name.value, str) and not optional:
            yield node.lineno, name.value


def _undefined(templates: Templates, file: str, tree: nodes.Template) -> Iterator[Problem]:
    """Variables that the built-in template of the same name is not given, in any language."""
    template = file.partition(".")[0]
    given = set(_UNUSED.get(template, ()))
    for name in templates.built_in.list_templates():
        if name.partition(".")[0] == template:
            source, _, _ = templates.built_in.get_source(templates.environment, name)
            given |= find_undeclared_variables(templates.environment.parse(source))
    known = {*given, *_asked(tree), *templates.environment.globals}
    for name in sorted(find_undeclared_variables(tree) - known):
        lines = [node.lineno for node in tree.find_all(nodes.Name) if node.name == name]
        fault = f"{name!r} is undefined"
        yield broken(
            file, min(lines, default=None), fault, listing(given), did_you_mean(name, given)
        )


def _asked(tree: nodes.Template) -> Iterator[str]:
    """Variables of which a template itself asks whether they are there."""
    for test in tree.find_all(nodes.Test):
        if test.name in {"defined", "undefined"} and isinstance(test.node, nodes.Name):
            yield test.node.name
