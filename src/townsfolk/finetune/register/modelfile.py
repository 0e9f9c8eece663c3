"""Ollama's Modelfile."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from townsfolk.finetune.config import Register
from townsfolk.finetune.errors import FinetuneError

CHATML = """{{- range .Messages }}<|im_start|>{{ .Role }}
{{ .Content }}<|im_end|>
{{ end }}<|im_start|>assistant
"""
LLAMA3 = """{{- range .Messages }}<|start_header_id|>{{ .Role }}<|end_header_id|>

{{ .Content }}<|eot_id|>
{{- end }}<|start_header_id|>assistant<|end_header_id|>

"""
_STOPS = {CHATML: ["<|im_start|>", "<|im_end|>"], LLAMA3: ["<|eot_id|>", "<|start_header_id|>"]}


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a model in Ollama is made of."""

    base: Path | str
    """A GGUF file, or the name of a model that Ollama has."""
    adapter: Path | None
    template: str | None
    """Go's template of the prompt; None where Ollama has it from its own base."""
    system: str | None
    license: str | None
    parameters: dict[str, float | int | str]
    stops: list[str]


def recipe(
    settings: Register, fused: Path | None, adapter: Path | None, chat_template: str | None
) -> Recipe:
    """What to tell Ollama: the fused file alone, or a base of Ollama's with the adapter.

    Raises:
        FinetuneError: there is neither, or the chat template is of no kind known here.
    """
    if settings.base is not None:
        if adapter is None:
            raise FinetuneError(
                "register.base names a model of Ollama's, but there is no adapter to put on it "
                "(train.method: lora makes one); leave register.base out to register the fused file"
            )
        # The template of its training, where it is known: Ollama's own may say more.
        return _recipe(settings, settings.base, adapter, _template(chat_template))
    if fused is None:
        raise FinetuneError(
            "there is no fused file to register: set gguf.fused: true, or name a model of Ollama's "
            "as register.base for the adapter"
        )
    template = _template(chat_template)
    if template is None:
        raise FinetuneError(
            "the chat template of this base is neither ChatML nor Llama 3's; name a model of "
            "Ollama's as register.base, which brings its own"
        )
    return _recipe(settings, fused, None, template)


def modelfile(made: Recipe) -> str:
    """The recipe as `ollama create` reads it."""
    lines = [f"FROM {_place(made.base)}"]
    if made.adapter is not None:
        lines.append(f"ADAPTER {_place(made.adapter)}")
    if made.template is not None:
        lines.append(f'TEMPLATE """{made.template}"""')
    if made.system is not None:
        lines.append(f'SYSTEM """{made.system}"""')
    lines += [f"PARAMETER {key} {value}" for key, value in made.parameters.items()]
    lines += [f'PARAMETER stop "{stop}"' for stop in made.stops]
    if made.license is not None:
        lines.append(f'LICENSE """{made.license}"""')
    return "\n".join(lines) + "\n"


def _recipe(
    settings: Register, base: Path | str, adapter: Path | None, template: str | None
) -> Recipe:
    return Recipe(
        base, adapter, template, settings.system, settings.license, dict(settings.parameters),
        _STOPS[template] if template else [],
    )  # fmt: skip


def _template(chat_template: str | None) -> str | None:
    for mark, template in (("<|im_start|>", CHATML), ("<|start_header_id|>", LLAMA3)):
        if chat_template and mark in chat_template:
            return template
    return None


def _place(what: Path | str) -> str:
    return str(what.resolve()) if isinstance(what, Path) else what
