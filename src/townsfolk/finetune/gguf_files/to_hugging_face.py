"""A GGUF model of the Llama architecture as a Hugging Face folder, in float32.

MLX trains folders. The weights come out as llama.cpp sees them, quantization included, so that an
adapter trained on them fits the GGUF file.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from townsfolk.finetune.errors import FinetuneError
from townsfolk.finetune.gguf_files.heads import to_hugging_face_order
from townsfolk.finetune.gguf_files.reading import open_gguf, value
from townsfolk.finetune.gguf_files.tokenizer import write_tokenizer

if TYPE_CHECKING:
    import numpy as np
    from gguf import GGUFReader
    from numpy.typing import NDArray

_OUTSIDE = {
    "token_embd.weight": "model.embed_tokens.weight",
    "output_norm.weight": "model.norm.weight",
    "output.weight": "lm_head.weight",
}
_INSIDE = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}


def gguf_to_hugging_face(weights: Path, folder: Path) -> None:
    """Write `config.json`, the tokenizer and `model.safetensors` of a GGUF model into a folder.

    Raises:
        FinetuneError: the file is no GGUF model of the Llama architecture with a BPE vocabulary.
    """
    from safetensors.numpy import save_file

    reader = open_gguf(weights)
    architecture = value(reader, "general.architecture")
    if architecture != "llama":
        raise FinetuneError(
            f"{weights} is of the architecture {architecture!r}; only llama can be trained from a "
            "GGUF file: name a Hugging Face folder as base.model instead"
        )
    tied = all(tensor.name != "output.weight" for tensor in reader.tensors)
    folder.mkdir(parents=True, exist_ok=True)
    config = _config(reader, tied)
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    write_tokenizer(reader, weights, folder)
    save_file(_tensors(reader, config), folder / "model.safetensors", {"format": "mlx"})


def _config(reader: GGUFReader, tied: bool) -> dict[str, Any]:
    heads = int(value(reader, "llama.attention.head_count"))
    size = int(value(reader, "llama.embedding_length"))
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_act": "silu",
        "hidden_size": size,
        "head_dim": size // heads,
        "intermediate_size": int(value(reader, "llama.feed_forward_length")),
        "num_attention_heads": heads,
        "num_key_value_heads": int(value(reader, "llama.attention.head_count_kv", heads)),
        "num_hidden_layers": int(value(reader, "llama.block_count")),
        "max_position_embeddings": int(value(reader, "llama.context_length")),
        "rms_norm_eps": float(value(reader, "llama.attention.layer_norm_rms_epsilon")),
        "rope_theta": float(value(reader, "llama.rope.freq_base", 10000.0)),
        "vocab_size": len(value(reader, "tokenizer.ggml.tokens")),
        "bos_token_id": value(reader, "tokenizer.ggml.bos_token_id"),
        "eos_token_id": value(reader, "tokenizer.ggml.eos_token_id"),
        "tie_word_embeddings": tied,
        "torch_dtype": "float32",
    }


def _tensors(reader: GGUFReader, config: dict[str, Any]) -> dict[str, NDArray[np.float32]]:
    import numpy as np
    from gguf import dequantize

    heads = {"attn_q": config["num_attention_heads"], "attn_k": config["num_key_value_heads"]}
    tensors: dict[str, NDArray[np.float32]] = {}
    for tensor in reader.tensors:
        rows = dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
        if tensor.name in _OUTSIDE:
            tensors[_OUTSIDE[tensor.name]] = rows
            continue
        _, layer, part, kind = tensor.name.split(".")
        if part in heads:
            rows = to_hugging_face_order(rows, heads[part]).astype(np.float32)
        tensors[f"model.layers.{layer}.{_INSIDE[part]}.{kind}"] = np.ascontiguousarray(rows)
    return tensors
