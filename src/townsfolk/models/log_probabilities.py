"""What a GGUF model expects next, to compare it with the model that it was made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from townsfolk.models.errors import ModelError
from townsfolk.models.weights import check_weights


class NextTokens:
    """A GGUF model in llama.cpp that is asked for its next token only."""

    def __init__(self, weights: Path, adapter: Path | None, context: int) -> None:
        """Load it. Raises ModelSetupError."""
        import xllamacpp

        check_weights(weights)
        parameters = xllamacpp.CommonParams()
        parameters.model.path = str(weights)
        if adapter is not None:
            parameters.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(str(adapter), 1.0)]
        parameters.n_ctx = context
        parameters.n_parallel = 1
        parameters.warmup = False
        parameters.verbosity = -1
        self._server = xllamacpp.Server(parameters)

    def after(self, tokens: Sequence[int], count: int) -> dict[int, float]:
        """The `count` likeliest next tokens with their log-probabilities (nats). ModelError."""
        told = self._asked("completions", {"prompt": list(tokens), "n_predict": 1,
                                           "n_probs": count, "temperature": 0.0})  # fmt: skip
        likeliest = told["choices"][0]["logprobs"]["content"][0]["top_logprobs"]
        return {int(one["id"]): float(one["logprob"]) for one in likeliest}

    def prompt_tokens(self, messages: Sequence[Mapping[str, str]]) -> int:
        """How many tokens the model's own chat template and tokenizer make of messages."""
        told = self._asked("chat_completions", {"messages": list(messages), "max_tokens": 1})
        return int(told["usage"]["prompt_tokens"])

    def _asked(self, what: str, body: dict[str, Any]) -> Any:
        told = getattr(self._server, f"handle_{what}")({**body, "cache_prompt": False})
        if "error" in told:
            raise ModelError(str(told["error"].get("message", told["error"])))
        return told
