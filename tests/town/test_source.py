"""Reading files: lines of keys, line ends, tags, and files that are none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from townsfolk.town.json_source import read_json
from townsfolk.town.source import Source, SourceError, read_text
from townsfolk.town.yaml_source import parse_yaml, read_yaml


def write(folder: Path, text: str, name: str = "file.json") -> Path:
    path = folder / name
    path.write_bytes(text.encode("utf-8"))
    return path


def read_problem(root: Path, path: Path) -> tuple[int | None, str]:
    with pytest.raises(SourceError) as caught:
        read_text(root, path)
    return caught.value.problem.line, caught.value.problem.found


def json_source(tmp_path: Path, text: str) -> Source:
    return read_json(tmp_path, write(tmp_path, text))


def test_lines_of_json(tmp_path: Path) -> None:
    source = json_source(
        tmp_path,
        '{\n  "a": {},\n  "b": [\n    1,\n    {"c":\n      "d, {e}\\n: [\\"f\\"]", "g": []}\n  ],\n'
        '  "\\ud83d\\ude00 h": true}',
    )

    assert source.data == {"a": {}, "b": [1, {"c": 'd, {e}\n: ["f"]', "g": []}], "😀 h": True}
    assert source.lines == {
        (): 1, ("a",): 2, ("b",): 3, ("b", 0): 4, ("b", 1): 5, ("b", 1, "c"): 5,
        ("b", 1, "g"): 6, ("😀 h",): 8,
    }  # fmt: skip


def test_lines_of_yaml() -> None:
    source = parse_yaml("file.yaml", "a:\n  b: [x,\n    y]\n\n  c:\n    - d: 1\n      e: 2\n")

    assert source.lines == {
        (): 1, ("a",): 1, ("a", "b"): 2, ("a", "b", 0): 2, ("a", "b", 1): 3, ("a", "c"): 5,
        ("a", "c", 0): 6, ("a", "c", 0, "d"): 6, ("a", "c", 0, "e"): 7,
    }  # fmt: skip


def test_the_line_of_what_is_not_there_is_that_of_its_parent() -> None:
    source = parse_yaml("file.yaml", "a:\n  b: 1\n")

    assert source.line(("a", "b", "c", 0)) == 2
    assert source.line(("a", "z")) == 1


@pytest.mark.parametrize("text", ['{"a":\n {"b": 1,\n"b": 2}}', "a:\n  b: 1\n  b: 2"])
def test_keys_that_stand_twice(tmp_path: Path, text: str) -> None:
    is_json = text.startswith("{")
    source = json_source(tmp_path, text) if is_json else parse_yaml("file.yaml", text)

    (problem,) = source.duplicates
    assert (problem.line, problem.key) == (3, "a.b")
    assert problem.found == "the key 'b' stands twice"


def test_a_merged_key_does_not_stand_twice() -> None:
    source = parse_yaml("file.yaml", "a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  x: 3\n")

    assert source.data["b"] == {"x": 3, "y": 2}
    assert source.duplicates == []


def test_windows_and_old_line_ends(tmp_path: Path) -> None:
    path = write(tmp_path, "a: 1\r\nb: |\r\n  two\r\n  lines\r\nc: 3\rd: 4\r")
    source = read_yaml(tmp_path, path)

    assert source.data == {"a": 1, "b": "two\nlines\n", "c": 3, "d": 4}
    assert source.line(("d",)) == 6


def test_byte_order_mark(tmp_path: Path) -> None:
    assert read_text(tmp_path, write(tmp_path, "\ufeffa: 1")) == "a: 1"


def test_names_and_dates_are_texts() -> None:
    source = parse_yaml("file.yaml", "1: 1431-09-14\nno: 431-09-14 17:40\nnull: true\n2.50: yes\n")

    assert source.data == {
        "1": "1431-09-14", "no": "431-09-14 17:40", "null": True, "2.50": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("!!int ''", "'' is no int"),
        ("!!bool maybe", "'maybe' is no bool"),
        ("!!timestamp today", "'today' is no timestamp"),
        ("!!float x", "'x' is no float"),
        ("!!python/object/apply:os.system [ls]", "could not determine a constructor"),
        ("9" * 40, "the number is too large"),
        ("0x" + "f" * 9000, "the number is too large"),
        ("9" * 9000, "is no int"),
        ("{? [a] : b}", "found unhashable key"),
        ("*nowhere", "found undefined alias"),
    ],
)
def test_values_that_are_none(value: str, found: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse_yaml("file.yaml", f"a: 1\nb:\n  - {value}\n")

    assert caught.value.problem.line == 3
    assert found in caught.value.problem.found


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ("a: 'b\nc: d\n", 1, "found unexpected end of stream"),
        ("a: [b\nc: d\n", 2, "did not find expected ',' or ']'"),
        ("a: 1\n\tb: 2\n", 2, "found a tab character that violates indentation"),
        ("a: 1\n b: 2\n", 2, "mapping values are not allowed"),
        ("a: 1\n---\nb: 2\n", 2, "but found another document"),
        ("a: [", 1, "did not find expected node content"),
    ],
)
def test_broken_yaml(text: str, line: int, found: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse_yaml("file.yaml", text)

    assert caught.value.problem.line == line
    assert found in caught.value.problem.found


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ('{\n"a": 1\n"b": 2}', 2, "Expecting ',' delimiter (column 7)"),
        ('{\n"a" 1}', 2, "Expecting ':' delimiter (column 4)"),
        ('{"a": "b\nc"}', 1, "Invalid control character"),
        ('{"a": 1}\n}', 2, "Extra data"),
        ('{"a":\n NaN}', 2, "NaN is no number in JSON (column 2)"),
        ('{"a":\n -Infinity}', 2, "-Infinity is no number in JSON"),
        ('{"a":\n "\\ud800"}', 2, 'broken JSON: "\\ud800" holds half a character'),
        ('{"a": 1,\n "\\udc00": 1}', 2, "holds half a character"),
        (f'{{"a":\n {"9" * 40}}}', 2, "the number is too large"),
        (f'{{"a":\n {"9" * 9000}}}', 2, "the number is too large"),
    ],
)
def test_broken_json(tmp_path: Path, text: str, line: int, found: str) -> None:
    with pytest.raises(SourceError) as caught:
        json_source(tmp_path, text)

    assert caught.value.problem.line == line
    assert found in caught.value.problem.found


@pytest.mark.parametrize(
    ("content", "line", "found"),
    [
        (b"a\nb\x1b[2J", 2, "contains the control character U+001B"),
        (b"a\n\nb\x00", 3, "contains the control character U+0000"),
        ("a\n동문".encode("cp949"), 2, "is not UTF-8 (byte 0xb5)"),
        ("a\n동문".encode("utf-16"), 1, "is not UTF-8 (byte 0xff)"),
    ],
)
def test_what_is_no_text(tmp_path: Path, content: bytes, line: int, found: str) -> None:
    path = tmp_path / "file.md"
    path.write_bytes(content)

    assert read_problem(tmp_path, path) == (line, found)


def test_what_is_no_file(tmp_path: Path) -> None:
    town = tmp_path / "town"
    (town / "folder").mkdir(parents=True)
    (town / "loop").symlink_to(town / "loop")
    (town / "outside").symlink_to(write(tmp_path, "secret"))

    assert read_problem(town, town / "nothing") == (None, "the file is missing")
    assert read_problem(town, town / "folder") == (None, "is a folder, not a file")
    assert read_problem(town, town / "outside") == (None, "leads out of the town")
    assert read_problem(town, town / ".." / "file.json") == (None, "leads out of the town")
    assert read_problem(town, Path("/dev/zero")) == (None, "leads out of the town")
    assert read_problem(town, town / "a\0b") == (None, "leads to no file")
    line, found = read_problem(town, town / "loop")
    assert line is None
    assert found.startswith(("leads to no file", "cannot be read"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_named_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")

    assert read_problem(tmp_path, tmp_path / "pipe.md") == (None, "is not a file")
