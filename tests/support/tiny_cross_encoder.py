"""A real cross-encoder of a few hundred bytes: its logit is the number of words shared.

ONNX files are protocol buffers; the few messages that such a graph takes are written by hand here,
because the `onnx` package, which would write them, is not installed.
"""

from __future__ import annotations

import json
from pathlib import Path

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

_INT64, _FLOAT, _INTS = 7, 1, 7


def write_tiny_cross_encoder(folder: Path, vocabulary: str, file: str = "onnx/model.onnx") -> Path:
    """Write a model that knows some words, and its tokenizer, as exports have them."""
    (folder / file).parent.mkdir(parents=True, exist_ok=True)
    (folder / file).write_bytes(_model())
    words = {"[PAD]": 0, "[UNK]": 1}
    for word in vocabulary.split():
        words.setdefault(word, len(words))
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {"model_max_length": 512, "pad_token": "[PAD]"}
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    (folder / "config.json").write_text(json.dumps({"pad_token_id": 0}))
    return folder


def _model() -> bytes:
    """Words of the query (type 0) that equal words of the passage (type 1), counted."""
    nodes = [
        _node("Unsqueeze", ["input_ids", "second"], "ids_down"),
        _node("Unsqueeze", ["input_ids", "first"], "ids_across"),
        _node("Equal", ["ids_down", "ids_across"], "same"),
        _node("Greater", ["input_ids", "unknown"], "known"),
        _node("Not", ["is_passage"], "is_query"),
        _node("Cast", ["token_type_ids"], "is_passage", ("to", 9)),
        _node("And", ["is_query", "known"], "query_words"),
        _node("Unsqueeze", ["query_words", "second"], "query_down"),
        _node("Unsqueeze", ["is_passage", "first"], "passage_across"),
        _node("And", ["same", "query_down"], "same_query"),
        _node("And", ["same_query", "passage_across"], "shared"),
        _node("Cast", ["shared"], "counts", ("to", 1)),
        _node("ReduceSum", ["counts", "second"], "by_word", ("keepdims", 0)),
        _node("ReduceSum", ["by_word", "first"], "logits", ("keepdims", 1)),
    ]
    # A graph's nodes stand in the order in which they can be computed.
    nodes.insert(3, nodes.pop(5))
    tensors = [_tensor("first", [1], [1]), _tensor("second", [1], [2]), _tensor("unknown", [], [1])]
    graph = b"".join(_field(1, node) for node in nodes) + _field(2, b"shared_words")
    graph += b"".join(_field(5, tensor) for tensor in tensors)
    graph += _field(11, _value("input_ids", _INT64, ["batch", "length"]))
    graph += _field(11, _value("token_type_ids", _INT64, ["batch", "length"]))
    graph += _field(12, _value("logits", _FLOAT, ["batch", "one"]))
    return _number(1, 8) + _field(7, graph) + _field(8, _number(2, 17))


def _node(
    kind: str, inputs: list[str], output: str, attribute: tuple[str, int] | None = None
) -> bytes:
    node = b"".join(_field(1, name.encode()) for name in inputs)
    node += _field(2, output.encode()) + _field(4, kind.encode())
    if attribute is not None:
        name, value = attribute
        node += _field(5, _field(1, name.encode()) + _number(3, value) + _number(20, 2))
    return node


def _tensor(name: str, dimensions: list[int], values: list[int]) -> bytes:
    sizes = b"".join(_number(1, size) for size in dimensions)
    numbers = b"".join(_number(_INTS, value) for value in values)
    return sizes + _number(2, _INT64) + numbers + _field(8, name.encode())


def _value(name: str, kind: int, dimensions: list[str]) -> bytes:
    shape = b"".join(_field(1, _field(2, dimension.encode())) for dimension in dimensions)
    return _field(1, name.encode()) + _field(2, _field(1, _number(1, kind) + _field(2, shape)))


def _field(number: int, content: bytes) -> bytes:
    """A field that has a length."""
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _number(number: int, value: int) -> bytes:
    """A field that is a number."""
    return _varint(number << 3) + _varint(value)


def _varint(value: int) -> bytes:
    parts = []
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    return bytes([*parts, value])
