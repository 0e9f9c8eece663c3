"""All steps of a fine-tuning: prepare → base → train → fuse → gguf → register → compare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from townsfolk.finetune.base import base_file, base_folder, base_identity, make_base
from townsfolk.finetune.chat_template import chat_template
from townsfolk.finetune.comparison.models import Made
from townsfolk.finetune.comparison.step import compare_step
from townsfolk.finetune.config import FinetuneConfig
from townsfolk.finetune.data.prepare import DATA_VERSION, prepare
from townsfolk.finetune.data.tokens import Counter, estimated, token_counter
from townsfolk.finetune.data.wording_files import wording_hash
from townsfolk.finetune.errors import FinetuneError
from townsfolk.finetune.fuse import fuse
from townsfolk.finetune.gguf_files.make import ADAPTER, FUSED, make_gguf
from townsfolk.finetune.model_card import MARKDOWN, write_model_card
from townsfolk.finetune.register.step import register_step
from townsfolk.finetune.steps import Reporter, Step, file_hash, run_steps
from townsfolk.finetune.training.train import train
from townsfolk.retrieval.index import LoreIndex
from townsfolk.town.load import load_town
from townsfolk.town.templates import PROMPT_VERSION
from townsfolk.town.town import Town

STEPS = ("prepare", "base", "train", "fuse", "gguf", "register", "compare")
FOLDER = Path(".townsfolk") / "finetune"


@dataclass
class Pipeline:
    """The steps of one configuration in one town; what they make lies in `folder`."""

    config: FinetuneConfig
    root: Path
    config_file: str = "CONFIG.yaml"
    """What the model card says that it was made of."""

    @property
    def folder(self) -> Path:
        """`.townsfolk/finetune/NAME` of the town."""
        return self.root / FOLDER / self.config.name

    @cached_property
    def town(self) -> Town:
        """The town, read when a step needs it. Raises TownError."""
        return load_town(self.root)

    def run(
        self, reporter: Reporter, only: str | None = None, anew: bool = False
    ) -> dict[str, Mapping[str, Any]]:
        """Do all steps, or one after those that it rests on; gives what each told.

        Raises:
            FinetuneError: a step cannot be done; what was made before it is kept.
            TownError: the town, or a row of the data, is broken.
        """
        notes = self._notes()
        told = run_steps(self.steps(), self.folder, reporter, only, anew)
        if "gguf" in told:
            write_model_card(self.config, self.config_file, told, self.folder, notes)
        return told

    def steps(self) -> list[Step]:
        """The steps in their order."""
        config = self.config
        return [
            Step("prepare", self._prepare_inputs, self._prepare),
            Step("base", lambda: base_identity(config.base, self.root), self._base),
            Step("train", config.train.model_dump, self._train, True, ("prepare", "base")),
            Step("fuse", lambda: {"fused": config.gguf.fused}, self._fuse, after=("train",)),
            Step("gguf", config.gguf.model_dump, self._gguf, after=("fuse",)),
            Step("register", config.register_.model_dump, self._register, after=("gguf",)),
            Step("compare", self._compare_inputs, self._compare, after=("gguf",)),
        ]

    def _prepare_inputs(self) -> Mapping[str, Any]:
        config, town = self.config, self.town
        files = {
            str(path.relative_to(self.root)): file_hash(path)
            for place in ("knowledge", "prompts", *config.data.dialogues)
            for path in _files(self.root / place)
        }
        files |= {
            name: file_hash(self.root / name)
            for name in ("town.yaml", "agents.yaml")
            if (self.root / name).is_file()
        }
        return {
            "data": config.data.model_dump(),
            "profile": config.profile,
            "context": config.context,
            "prompt_version": PROMPT_VERSION,
            "data_version": DATA_VERSION,
            "templates": {
                kind: town.templates.text(f"{kind}.{language}.jinja")
                for kind in ("system", "turn", "reply")
                for language in config.data.languages
            },
            "wording": wording_hash(),
            "files": files,
            "counted": self._counted_with(),
        }

    def _prepare(self, folder: Path, reporter: Reporter) -> Mapping[str, Any]:
        return prepare(
            self.config,
            self.town,
            LoreIndex(self.town),
            self._counter(),
            self._counted_with(),
            folder,
            lambda done, total, note: reporter.progress("prepare", done, total, note),
        )

    def _counted_with(self) -> str:
        base = self.config.base
        file = base_file(base, self.root)
        if file is not None:
            return file.name
        folder = base_folder(base, self.root)
        return folder.name if folder else "an estimate"

    def _counter(self) -> Counter:
        base = self.config.base
        known = base_file(base, self.root) or base_folder(base, self.root)
        return token_counter(known) if known else estimated

    def _base(self, folder: Path, reporter: Reporter) -> Mapping[str, Any]:
        return make_base(self.config.base, self.root, folder)

    def _train(self, folder: Path, reporter: Reporter) -> Mapping[str, Any]:
        return train(
            self.config.train,
            self.config.context,
            self.folder / "base",
            self.folder / "prepare",
            folder,
            lambda done, total, note: reporter.progress("train", done, total, note),
            lambda text: reporter.note("train", text),
        )

    def _fuse(self, folder: Path, reporter: Reporter) -> Mapping[str, Any]:
        if not self.config.gguf.fused:
            return {"fused": False}
        return fuse(self.folder / "base", self.adapter, folder)

    def _gguf(self, folder: Path, reporter: Reporter) -> Mapping[str, Any]:
        config = self.config
        return make_gguf(
            config.gguf,
            base_file(config.base, self.root),
            self.folder / "base",
            self.adapter,
            self.folder / "fuse" / "model" if config.gguf.fused else None,
            self.folder / "prepare",
            folder,
            lambda text: reporter.note("gguf", text),
        )

    def _register(self, folder: Path, reporter: Reporter) -> Mapping[str, Any]:
        return register_step(
            self.config.register_,
            self.made(FUSED),
            self.made(ADAPTER),
            chat_template(self.folder / "base"),
            folder,
            lambda text: reporter.note("register", text),
        )

    def _compare_inputs(self) -> Mapping[str, Any]:
        settings = self.config.compare
        town = (self.root / settings.town) if settings.town else self.root
        files = {str(path.relative_to(town)): file_hash(path)
                 for place in ("knowledge", "prompts", "finetune") for path in _files(town / place)
                 if path.suffix in (".yaml", ".md", ".json", ".jinja")}  # fmt: skip
        return {**settings.model_dump(), "files": files}

    def _compare(self, folder: Path, reporter: Reporter) -> Mapping[str, Any]:
        settings = self.config.compare
        town = load_town(self.root / settings.town) if settings.town else self.town
        return compare_step(
            self.config,
            town,
            self.files,
            folder,
            lambda done, total, note: reporter.progress("compare", done, total, note),
        )

    def _notes(self) -> str:
        """What the configuration's file of notes says. Raises FinetuneError: it cannot be read."""
        if self.config.notes is None:
            return ""
        try:
            return (self.root / self.config.notes).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise FinetuneError(
                f"notes names {self.config.notes!r}, which cannot be read: {error}"
            ) from None

    @property
    def card(self) -> Path:
        """The model card, once there is something to tell."""
        return self.folder / MARKDOWN

    @property
    def adapter(self) -> Path:
        """The trained adapter, as `mlx_lm` loads it."""
        return self.folder / "train" / "best"

    @property
    def files(self) -> Made:
        """The files that there are to compare."""
        base = base_file(self.config.base, self.root)
        return Made(base, self.made(ADAPTER), self.made(FUSED))

    def made(self, name: str) -> Path | None:
        """A file that the step gguf made, if it did."""
        path = self.folder / "gguf" / name
        return path if path.is_file() else None


def _files(place: Path) -> list[Path]:
    if place.is_file():
        return [place]
    return sorted(path for path in place.rglob("*") if path.is_file())
