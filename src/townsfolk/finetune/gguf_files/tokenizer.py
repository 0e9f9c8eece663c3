"""The tokenizer in a GGUF file, as Hugging Face's files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from townsfolk.finetune.errors import FinetuneError
from townsfolk.finetune.gguf_files.reading import value

if TYPE_CHECKING:
    from gguf import GGUFReader

_CONTROL = 3
"""llama.cpp's kind of a token that stands for no text."""


def write_tokenizer(reader: GGUFReader, weights: Path, folder: Path) -> None:
    """Write `tokenizer.json` and `tokenizer_config.json` with the chat template.

    Raises:
        FinetuneError: the vocabulary is none of byte-pair encoding with SmolLM's word splitting.
    """
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    kind = (value(reader, "tokenizer.ggml.model"), value(reader, "tokenizer.ggml.pre"))
    if kind != ("gpt2", "smollm"):
        raise FinetuneError(
            f"{weights} has a vocabulary of the kind {kind[0]}/{kind[1]}; from a GGUF file only "
            "gpt2/smollm can be rebuilt: name a Hugging Face folder as base.model instead"
        )
    tokens: list[str] = value(reader, "tokenizer.ggml.tokens")
    kinds: list[int] = value(reader, "tokenizer.ggml.token_type")
    merges = [tuple(pair.split(" ")) for pair in value(reader, "tokenizer.ggml.merges")]
    tokenizer = Tokenizer(
        models.BPE(vocab={token: number for number, token in enumerate(tokens)}, merges=merges)
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(
        [
            AddedToken(token, special=True, normalized=False)
            for token, kind_of in zip(tokens, kinds, strict=True)
            if kind_of == _CONTROL
        ]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    told = json.dumps(_config(reader, tokens), indent=1, ensure_ascii=False)
    (folder / "tokenizer_config.json").write_text(told + "\n", encoding="utf-8")


def _config(reader: GGUFReader, tokens: list[str]) -> dict[str, Any]:
    names = {"bos": "bos", "eos": "eos", "unk": "unknown", "pad": "padding"}
    special = {
        f"{short}_token": tokens[number]
        for short, name in names.items()
        if (number := value(reader, f"tokenizer.ggml.{name}_token_id")) is not None
    }
    return {
        **special,
        "tokenizer_class": "PreTrainedTokenizerFast",
        "add_bos_token": bool(value(reader, "tokenizer.ggml.add_bos_token", False)),
        "clean_up_tokenization_spaces": False,
        "model_max_length": int(value(reader, "llama.context_length")),
        "chat_template": value(reader, "tokenizer.chat_template"),
    }
