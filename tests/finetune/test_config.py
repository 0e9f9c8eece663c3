"""The configuration of a fine-tuning: what cannot work is told before anything begins."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.silent_reporter import Silent
from townsfolk.finetune.config import FinetuneConfig, read_config
from townsfolk.finetune.errors import FinetuneError
from townsfolk.finetune.pipeline import Pipeline
from townsfolk.town.errors import TownError


def config_with(tmp_path: Path, lines: str) -> Path:
    file = tmp_path / "config.yaml"
    file.write_text(f"name: tried\n{lines}", encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("train: {batch: 5, workers: 2}", "make batch a multiple of workers"),
        ("train: {layers: 0}", "layers"),
        ("register: {base: 'llama3.1:8b', quantize: q4_K_M}", "leave one of the two out"),
        ("register: {nmae: x}", "nmae"),
        ("train: {learning_rate: fast}", "learning_rate"),
    ],
)
def test_a_setting_that_cannot_work_is_told_with_its_line(
    tmp_path: Path, lines: str, told: str
) -> None:
    with pytest.raises(TownError, match=told) as raised:
        read_config(config_with(tmp_path, lines))
    assert "config.yaml:2" in str(raised.value)


@pytest.mark.parametrize("layers", [-1, 1, 16])
def test_all_layers_or_some_are_trained(tmp_path: Path, layers: int) -> None:
    read = read_config(config_with(tmp_path, f"train: {{layers: {layers}}}"))
    assert read.train.layers == layers


def test_notes_that_are_not_there_are_told_before_anything_is_done(tmp_path: Path) -> None:
    config = FinetuneConfig.model_validate({"name": "t", "notes": "absent.md"})
    with pytest.raises(FinetuneError, match=r"notes names 'absent\.md', which cannot be read"):
        Pipeline(config, tmp_path).run(Silent())
