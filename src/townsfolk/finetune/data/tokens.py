"""How long an example is for the model that will be trained."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from townsfolk.finetune.errors import FinetuneError
from townsfolk.models.interface import Message

Counter = Callable[[Sequence[Message], str], int]
"""The tokens of a prompt with its reply."""

_CHARACTERS_A_TOKEN = {"en": 3.6, "ko": 1.4}
_A_MESSAGE = 6


def token_counter(model: Path) -> Counter:
    """Counts with the tokenizer of a GGUF file or of a Hugging Face folder.

    Raises:
        FinetuneError: it has no tokenizer that can be read.
    """
    if model.is_file():
        from townsfolk.finetune.gguf_files.reading import open_gguf
        from townsfolk.finetune.gguf_files.tokenizer import write_tokenizer

        with TemporaryDirectory() as folder:
            write_tokenizer(open_gguf(model), model, Path(folder))
            return _counting(_tokenizer(Path(folder)))
    return _counting(_tokenizer(model))


def estimated(prompt: Sequence[Message], reply: str) -> int:
    """A count without a tokenizer, rather too high than too low."""
    from townsfolk.language.detect import detect_language

    texts = [*(message.content for message in prompt), reply]
    return sum(
        int(len(text) / _CHARACTERS_A_TOKEN[detect_language(text) or "en"]) + _A_MESSAGE
        for text in texts
    )


def _tokenizer(folder: Path) -> Any:
    # It says at its import that it has no PyTorch, which is not needed for this.
    os.environ.setdefault("TRANSFORMERS_NO_ADVISORY_WARNINGS", "1")
    from transformers import AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError) as error:
        raise FinetuneError(f"{folder} has no tokenizer that can be read: {error}") from None


def _counting(tokenizer: Any) -> Counter:
    def count(prompt: Sequence[Message], reply: str) -> int:
        messages = [{"role": message.role, "content": message.content} for message in prompt]
        messages.append({"role": "assistant", "content": reply})
        return len(tokenizer.apply_chat_template(messages, return_dict=False))

    return count
