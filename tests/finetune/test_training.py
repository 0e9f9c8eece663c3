"""Batches in an order that a seed settles, and what training needs of its machine."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

import mlx.core as mx
import mlx.nn as nn
import pytest
from mlx.utils import tree_flatten

from townsfolk.finetune.config import Train
from townsfolk.finetune.errors import FinetuneError
from townsfolk.finetune.training.batches import Batches, alike, epoch_order
from townsfolk.finetune.training.loss import reply_loss
from townsfolk.finetune.training.openblas import find_openblas, mlx_environment
from townsfolk.finetune.training.plot import loss_plot
from townsfolk.finetune.training.train import train

DATA = [([number] * (10 + number % 7), 5) for number in range(1, 41)]
SCENES = [
    ([*range(scene, scene + 40), 900 + question, 7, 8], 41)
    for question in range(4)
    for scene in (100, 200, 300)
]
"""Three beginnings of 40 tokens, four questions to each."""


class Group:
    """One of two processes."""

    def __init__(self, rank: int) -> None:
        self._rank = rank

    def rank(self) -> int:
        return self._rank

    def size(self) -> int:
        return 2


def seen(batches: Batches, count: int, group: Group | None = None) -> list[list[int]]:
    made = batches(DATA, 4, 512, loop=True, comm_group=group)
    return [[int(row[0]) for row in tokens.tolist()] for _, tokens, _, _ in islice(made, count)]


def test_an_epoch_has_every_example_once() -> None:
    order = epoch_order([len(tokens) for tokens, _ in DATA], 4, seed=1)
    assert sorted(i for batch in order for i in batch) == list(range(40))


def test_training_that_goes_on_sees_what_it_would_have_seen() -> None:
    whole = seen(Batches(seed=1), 25)
    assert seen(Batches(seed=1, start=12), 13) == whole[12:]
    assert seen(Batches(seed=2), 25) != whole


def test_two_processes_share_each_batch() -> None:
    first, second = (seen(Batches(seed=1), 10, Group(rank)) for rank in (0, 1))
    assert all(len(share) == 2 for share in first + second)
    assert sorted(number for share in first + second for number in share) == [*range(1, 41)]


def test_dialogues_that_begin_alike_are_put_together() -> None:
    shares = alike([tokens for tokens, _ in SCENES], 4)
    assert sorted(sorted(share) for share in shares) == [[n, n + 3, n + 6, n + 9] for n in range(3)]
    assert max(len(share) for share in alike([tokens for tokens, _ in SCENES], 3)) == 3


def test_what_a_batch_begins_with_stands_in_it_once() -> None:
    shared, tokens, places, counted = next(Batches(seed=1)(SCENES, 4, 512, loop=True))
    assert shared.shape == (1, 32)
    for row, where, counts in zip(*(x.tolist() for x in (tokens, places, counted)), strict=True):
        assert (shared.tolist()[0] + row)[:43] in [tokens for tokens, _ in SCENES]
        assert [row[p] for p, c in zip(where, counts, strict=True) if c] == [7, 8]
    apart, whole, _, _ = next(Batches(seed=1, sharing=False)(SCENES, 4, 512, loop=True))
    assert apart.shape == (1, 0)
    assert whole.shape == (4, 48)


def tiny_llama() -> Any:
    from mlx_lm.models.llama import Model, ModelArgs

    mx.random.seed(3)
    return Model(
        ModelArgs(
            model_type="llama", hidden_size=16, num_hidden_layers=2, intermediate_size=32,
            num_attention_heads=4, num_key_value_heads=2, rms_norm_eps=1e-5, vocab_size=1000,
        )
    )  # fmt: skip


def test_the_loss_is_the_same_whether_what_is_common_stands_once_or_not() -> None:
    model = tiny_llama()
    of_loss = nn.value_and_grad(model, lambda *batch: reply_loss(model, *batch)[0])
    once, each = (
        of_loss(*next(Batches(seed=1, sharing=sharing)(SCENES, 4, 512, loop=True)))
        for sharing in (True, False)
    )
    assert once[0].item() == pytest.approx(each[0].item(), abs=1e-4)
    pairs = zip(tree_flatten(once[1]), tree_flatten(each[1]), strict=True)
    assert all(mx.allclose(one, other, atol=1e-4).item() for (_, one), (_, other) in pairs)
    assert once[0].item() > 1.0


def test_only_the_replys_tokens_count() -> None:
    _, tokens, places, counted = next(Batches(seed=1)([([1, 2, 3, 4, 5, 6], 4)], 1, 512, loop=True))
    assert tokens.tolist()[0][:6] == [1, 2, 3, 4, 5, 6]
    assert [p for p, c in zip(places.tolist()[0], counted.tolist()[0], strict=True) if c] == [4, 5]


def test_words_that_are_not_in_the_prompt_may_count_less() -> None:
    dialogue = ([7, 8, 9, 50, 8, 51, 9], 3)
    batches = Batches(seed=1, new_word_weight=0.25)
    _, _, _, counted = next(batches([dialogue], 1, 512, loop=True))
    assert counted.tolist()[0][:4] == [0.25, 1.0, 0.25, 1.0]


def test_a_library_that_is_named_is_taken_or_nothing_is(tmp_path: Path) -> None:
    library = tmp_path / "libopenblas.so.0"
    library.write_bytes(b"")
    assert find_openblas(str(tmp_path / "none.so")) is None
    assert find_openblas(str(library)) in (library, None)


def test_without_a_compiler_mlx_does_without_its_fused_kernels(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("platform.system", lambda: "Linux")
    monkeypatch.setattr("shutil.which", lambda name: None)
    added = mlx_environment(Path("/lib/b.so"))
    assert added["LD_PRELOAD"] == "/lib/b.so"
    assert added["MLX_DISABLE_COMPILE"] == "1"


def test_the_losses_are_drawn() -> None:
    entries = [
        {"event": "valid", "iteration": 0, "loss": 3.0},
        {"event": "train", "iteration": 10, "loss": 2.0},
        {"event": "valid", "iteration": 10, "loss": 1.5},
    ]
    drawn = loss_plot(entries)
    assert drawn.count("<circle") == 2
    assert drawn.count("<polyline") == 2
    assert loss_plot([]).startswith("<svg")


def test_every_process_takes_part_in_a_look_at_the_validation_loss() -> None:
    shares = [list(Batches(seed=1)(SCENES, 8, 512, comm_group=Group(rank))) for rank in (0, 1)]
    assert [len(made) for made in shares] == [2, 2]
    alone = [([1, 2, 3, 4], 2)]
    assert all(len([*Batches(1)(alone, 2, 512, comm_group=Group(rank))]) == 1 for rank in (0, 1))


def test_more_workers_than_examples_are_told(tmp_path: Path) -> None:
    (tmp_path / "train.jsonl").write_text("{}\n", encoding="utf-8")
    with pytest.raises(FinetuneError, match="2 workers cannot share 1 examples"):
        train(Train(workers=2), 512, tmp_path, tmp_path, tmp_path,
              lambda done, total, note: None, lambda text: None)  # fmt: skip
