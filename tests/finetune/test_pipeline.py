"""The whole way, in short: from data to a compared GGUF, through a kill in the middle."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent.parent
CONFIG = ROOT / "finetune" / "configs" / "smollm2_135m.yaml"

pytestmark = pytest.mark.model

ENVIRONMENT = {
    **os.environ,
    "OLLAMA_HOST": "http://127.0.0.1:9",  # nobody is there
    # Compiling MLX's kernels takes longer than the few iterations here.
    "MLX_DISABLE_COMPILE": "1",
    "COLUMNS": "200",
}
ITERATIONS = 6


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample town, and a short form of the committed configuration."""
    folder = tmp_path_factory.mktemp("town")
    for name in ("knowledge", "crews", "finetune", "prompts"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name)
    for name in ("town.yaml", "agents.yaml", "tasks.yaml", "actions.yaml"):
        shutil.copy(ROOT / name, folder / name)
    config = yaml.safe_load(CONFIG.read_text("utf-8"))
    config["data"] |= {"town_examples": 12, "practice_examples": 60, "max_tokens": 300}
    config["train"] |= {"iterations": ITERATIONS, "batch": 2, "workers": 2, "warmup": 2,
                        "evaluate_every": 3, "valid_batches": 1, "report_every": 1,
                        "checkpoint_every": 2}  # fmt: skip
    config["gguf"]["parity_prompts"] = 2
    config["compare"] |= {"samples": 1, "limit": 2}
    (folder / "short.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    return folder


def townsfolk(town: Path, *arguments: str) -> subprocess.Popen[str]:
    """The command, in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "townsfolk", "finetune", *arguments],
        cwd=town,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def log(folder: Path) -> list[tuple[str, int]]:
    lines = (folder / "log.jsonl").read_text("utf-8").splitlines()
    return [(entry["event"], entry["iteration"]) for entry in map(json.loads, lines)]


def test_the_whole_way_through_a_kill_in_the_middle(town: Path) -> None:
    made = town / ".townsfolk" / "finetune" / "smollm2_135m"
    first = townsfolk(town, "train", "short.yaml")
    deadline = time.monotonic() + 400
    while not list(made.glob("train.part/checkpoint-*/state.json")):
        assert first.poll() is None, first.communicate()[0]
        assert time.monotonic() < deadline
        time.sleep(0.1)
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    assert not (made / "train").exists()
    told = json.loads(next(made.glob("train.part/checkpoint-*/state.json")).read_text())
    before = told["iteration"]
    assert before >= 2

    second = townsfolk(town, "run", "short.yaml")
    shown, _ = second.communicate(timeout=900)
    assert second.returncode == 0, shown
    trained = [iteration for event, iteration in log(made / "train") if event == "train"]
    assert set(trained) == set(range(1, ITERATIONS + 1))
    assert trained.count(1) == 1
    assert (made / "train" / "loss.svg").is_file()
    assert (made / "train" / "best" / "adapters.safetensors").is_file()

    record = json.loads((made / "gguf" / "step.json").read_text())["told"]
    assert record["fused_parity"] < 0.05
    assert record["adapter_parity"] < 0.5
    assert (made / "gguf" / "adapter.gguf").stat().st_size < 12_000_000
    assert "ollama create" in shown
    assert "FROM " in (made / "register" / "Modelfile").read_text()
    figures = json.loads((made / "compare" / "comparison.json").read_text())
    assert figures["questions"] == 6
    assert "no difference shown" in shown
    assert (made / "compare" / "comparison.html").is_file()

    again = townsfolk(town, "run", "short.yaml")
    shown, _ = again.communicate(timeout=120)
    # All but register, which waits for an Ollama.
    assert shown.count("unchanged, not done again") == 6
    assert "ollama create" in shown
