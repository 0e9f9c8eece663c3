"""The chat template of a model: the same in training, in the GGUF file and in Ollama."""

from __future__ import annotations

import json
from pathlib import Path

from jinja2 import Environment

from townsfolk.finetune.chat_template import chat_template, make_undated

DATED = "{{- bos_token }}<|start_header_id|>system…Today Date: {{ date_string }}…"
SPOKEN = [{"role": "system", "content": "You are Marta. "}, {"role": "user", "content": "Hello"}]


def test_llama_3s_template_loses_its_dates_and_nothing_else(tmp_path: Path) -> None:
    kept = tmp_path / "downloaded.json"
    kept.write_text(json.dumps({"chat_template": DATED, "eos_token": "<|eot_id|>"}))
    folder = tmp_path / "base"
    folder.mkdir()
    (folder / "tokenizer_config.json").symlink_to(kept)
    assert make_undated(folder)
    assert not make_undated(folder)
    made = Environment().from_string(str(chat_template(folder)))
    assert made.render(messages=SPOKEN, bos_token="<s>", add_generation_prompt=True) == (
        "<s><|start_header_id|>system<|end_header_id|>\n\nYou are Marta.<|eot_id|>"
        "<|start_header_id|>user<|end_header_id|>\n\nHello<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\n"
    )
    config = json.loads((folder / "tokenizer_config.json").read_text())
    assert config["eos_token"] == "<|eot_id|>"
    assert DATED in json.loads(kept.read_text())["chat_template"]


def test_another_template_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({"chat_template": "<|im_start|>"}))
    assert not make_undated(tmp_path)
    assert chat_template(tmp_path) == "<|im_start|>"
    (tmp_path / "chat_template.jinja").write_text("<|im_start|>alone")
    assert chat_template(tmp_path) == "<|im_start|>alone"
    assert chat_template(tmp_path / "none") is None
