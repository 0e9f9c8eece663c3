"""The file of a fine-tuning: what is trained, on what, and what comes of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from townsfolk.models.profile import Strength
from townsfolk.town.errors import Problem, TownError
from townsfolk.town.schema import Entry, validate
from townsfolk.town.source import SourceError
from townsfolk.town.texts import Language
from townsfolk.town.yaml_source import read_yaml


class Base(Entry):
    """The model that is trained."""

    model: str = "embedded"
    """`embedded`, the path of a GGUF file or of a Hugging Face folder, or a name on the hub."""
    allow_downloads: bool = False
    """Whether a name on the hub may be fetched."""
    quantize_bits: Literal[4, 8] | None = None
    """Train on a quantized base (QLoRA, Dettmers et al., 2023): less memory, less exact."""


class Data(Entry):
    """What it is trained on."""

    languages: list[Language] = Field(["en"], min_length=1)
    dialogues: list[str] = ["finetune/data"]
    """JSON files of authored dialogues, or folders of them, from the town's folder."""
    dialogue_repeats: int = Field(1, ge=0, le=20)
    """How often an authored dialogue of the training part is seen in an epoch."""
    town_examples: int = Field(400, ge=0)
    """Examples made of the town's own lore."""
    practice_examples: int = Field(2400, ge=0)
    """Examples of people and lore that exist nowhere (English)."""
    valid_share: float = Field(0.04, gt=0, lt=0.5)
    test_share: float = Field(0.04, gt=0, lt=0.5)
    max_tokens: int = Field(400, ge=64)
    """The longest example, prompt and reply together; longer ones are left out and told."""
    seed: int = 1


class Train(Entry):
    """How it is trained; LoRA after Hu et al. (2021), DoRA after Liu et al. (2024)."""

    method: Literal["lora", "dora"] = "lora"
    rank: int = Field(8, ge=1, le=512)
    scale: float = Field(20.0, gt=0)
    """What the adapter's product is multiplied by (alpha / rank elsewhere)."""
    dropout: float = Field(0.0, ge=0, lt=1)
    layers: Literal[-1] | Annotated[int, Field(ge=1)] = -1
    """How many of the last layers; -1 for all."""
    iterations: int = Field(600, ge=1)
    batch: int = Field(2, ge=1)
    learning_rate: float = Field(2e-4, gt=0)
    warmup: int = Field(20, ge=0)
    """Iterations in which the learning rate rises from nothing."""
    decay: Literal["none", "cosine"] = "cosine"
    new_word_weight: float = Field(1.0, gt=0, le=1)
    """What a token of a reply counts that stands nowhere in its prompt. How a fact is worded cannot
    be foreseen, and is most of a small model's loss; less than 1 lets it learn which fact to take
    from its prompt first."""
    evaluate_every: int = Field(50, ge=1)
    """Iterations between two looks at the validation loss."""
    valid_batches: int = Field(25, ge=1)
    report_every: int = Field(10, ge=1)
    checkpoint_every: int = Field(20, ge=1)
    patience: int = Field(4, ge=1)
    """Looks without a better validation loss after which training stops."""
    gradient_checkpoints: bool = False
    """Less memory, a third slower."""
    workers: int = Field(1, ge=1, le=16)
    """Processes that share each batch; on a Linux processor one for each core is fastest, for half
    of MLX's work there uses one core only."""
    openblas: str | None = None
    """The library to use on a Linux processor; found by itself when left out."""
    seed: int = 1

    @model_validator(mode="after")
    def _can_be_shared(self) -> Self:
        if self.batch % self.workers:
            raise ValueError(
                f"a batch of {self.batch} cannot be shared evenly by {self.workers} workers; "
                "make batch a multiple of workers"
            )
        return self


class Gguf(Entry):
    """What comes of it for llama.cpp and Ollama."""

    llama_cpp: str | None = None
    """A checkout of llama.cpp, or the folder of its `convert_hf_to_gguf.py`; needed for a base that
    is no GGUF file."""
    fused: bool = True
    """Whether a fused model is written beside the adapter."""
    quantize: list[str] = []
    """Also these kinds (`Q4_K_M`, …), where llama.cpp's `llama-quantize` is found."""
    parity_prompts: int = Field(6, ge=1)
    parity_bound: float = Field(0.05, gt=0)
    """The largest difference of a next token's log-probability between MLX and the fused GGUF."""
    adapter_parity_bound: float = Field(0.5, gt=0)
    """The same for the adapter on a quantized base, which llama.cpp reckons with less precision."""


class Register(Entry):
    """What Ollama is told."""

    name: str = "llama-game-npc"
    base: str | None = None
    """What `FROM` names: a model of Ollama's. The fused file when left out."""
    system: str | None = None
    parameters: dict[str, float | int | str] = {"temperature": 0.7, "num_ctx": 8192}
    license: str | None = None
    quantize: str | None = None
    """Quantized by Ollama while it is created, such as `q4_K_M`."""

    @model_validator(mode="after")
    def _is_quantized_once(self) -> Self:
        if self.base is not None and self.quantize is not None:
            raise ValueError(
                "quantize is for the fused file, and base names a model that Ollama has; leave one "
                "of the two out"
            )
        return self


class Compare(Entry):
    """What is looked at before and after."""

    base: str | None = None
    """What the base is called where it runs, such as `ollama_chat/llama3.1:8b`; a base that is a
    GGUF file runs here, and needs no name."""
    tuned: str | None = None
    town: str | None = None
    """A town with `finetune/questions.yaml`; the town itself when left out."""
    samples: int = Field(2, ge=1, le=20)
    temperature: float = Field(0.4, ge=0)
    seed: int = 1
    limit: int | None = Field(None, ge=1)
    """The most questions of each kind."""


class FinetuneConfig(Entry):
    """All of a fine-tuning."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_.-]*$")
    profile: Strength = "weak"
    """The prompts that the tuned model will get: of a `weak` model or a `strong` one."""
    context: int = Field(2048, ge=512)
    notes: str | None = None
    """A Markdown file, from the town's folder, with which the model card ends: what was tried."""
    base: Base = Base()
    data: Data = Data()
    train: Train = Train()
    gguf: Gguf = Gguf()
    register_: Register = Field(Register(), alias="register")
    compare: Compare = Compare()


def read_config(path: Path) -> FinetuneConfig:
    """The configuration in a YAML file.

    Raises:
        TownError: with every mistake in it.
    """
    path = path.absolute()
    problems: list[Problem] = []
    try:
        source = read_yaml(path.parent, path)
    except SourceError as error:
        raise TownError([error.problem]) from None
    if source.data is None:
        raise TownError([Problem(source.file, 1, "", "is empty", remedy="see finetune/configs/")])
    config: FinetuneConfig | None = validate(FinetuneConfig, source, problems)
    problems.extend(source.duplicates)
    if problems or config is None:
        raise TownError(problems)
    return config
