"""States that nobody saved like that: refused in words, and the trainer stays as it was."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
import torch
from safetensors.torch import load, save

from playground.catalog.layers.dense import Linear
from playground.catalog.layers.normalization import BatchNorm
from playground.catalog.layers.regularization import Dropout
from playground.catalog.optimizers import SGD, Adam, Optimizer
from playground.engine.checkpoint import (
    NUMBERS,
    TENSORS,
    WEIGHTS,
    CheckpointError,
    from_files,
    restore,
    snapshot,
    to_files,
)
from playground.engine.snapshot import Snapshot
from playground.engine.trainer import Trainer
from playground.project.project import Project
from tests.engine.nets import chain, losses, train

Files = dict[str, bytes]


def project(optimizer: Optimizer | None = None, width: int = 8) -> Project:
    return chain(
        Linear(out_features=width), BatchNorm(), Dropout(p=0.2), Linear(out_features=1),
        optimizer=optimizer or Adam(),
    )  # fmt: skip


def saved() -> Files:
    trainer = train(Trainer(project()), 17)
    trainer.note()
    return to_files(snapshot(trainer))


def with_tensor(files: Files, file: str, name: str, tensor: torch.Tensor | None) -> Files:
    tensors = load(files[file])
    tensors.pop(name, None)
    return {**files, file: save(tensors if tensor is None else {**tensors, name: tensor})}


def with_number(files: Files, name: str, text: str | None) -> Files:
    numbers = {k: json.dumps(v) for k, v in json.loads(files[NUMBERS]).items() if k != name}
    if text is not None:
        numbers[name] = text
    whole = ", ".join(f'"{k}": {v}' for k, v in numbers.items())
    return {**files, NUMBERS: f"{{{whole}}}".encode()}


HOSTILE_WEIGHTS: list[tuple[str, torch.Tensor | None]] = [
    ("n1.weight", None),
    ("n1.weight", torch.zeros(3, 3)),
    ("n1.weight", torch.zeros(8, 2, dtype=torch.float64)),
    ("n1.weight", torch.zeros(8, 2, dtype=torch.complex64)),
    ("n1.weight", torch.full((8, 2), torch.nan)),
    ("n2.running_var", torch.full((8,), torch.inf)),
    ("n2.num_batches_tracked", torch.tensor(1.0)),
]
HOSTILE_TENSORS: list[tuple[str, torch.Tensor | None]] = [
    ("random.torch", None),
    ("random.torch", torch.zeros(5, dtype=torch.uint8)),
    ("random.torch", torch.full((5056,), 255, dtype=torch.uint8)),
    ("random.torch", torch.zeros(5056, dtype=torch.uint8)),
    ("random.torch", torch.zeros(5056)),
    ("random.shuffle", None),
    ("random.shuffle", torch.full((5056,), 7, dtype=torch.uint8)),
    ("random.shuffle", torch.zeros(0, dtype=torch.uint8)),
    ("optimizer.n1.weight.exp_avg", torch.zeros(2, 8)),
    ("optimizer.n1.weight.exp_avg", torch.zeros(8, 2, dtype=torch.int64)),
    ("optimizer.n1.weight.step", torch.zeros(8, 2)),
    ("optimizer.n1.weight.step", torch.zeros((), dtype=torch.int32)),
    ("history.step", torch.zeros(100_000, dtype=torch.float64)),
    ("history.epoch", torch.zeros(3, 3, dtype=torch.float64)),
    ("history.step", torch.full((3,), torch.nan, dtype=torch.float64)),
]
HOSTILE_NUMBERS: list[tuple[str, str | None]] = [
    ("step", None),
    ("step", "-1"),
    ("step", "NaN"),
    ("step", '"7"'),
    ("step", "true"),
    ("step", "1" + "0" * 400),
    ("epochs_done", "1.5"),
    ("seen", "null"),
    ("seen", "[]"),
    ("last", "3"),
    ("last", "[1]"),
    ("last", '["a", "b"]'),
    ("last", "[1" + "0" * 400 + ", 1]"),
    ("metrics", "[]"),
    ("metrics", "null"),
    ("metrics", '{"accuracy": "x"}'),
    ("losses", "[1, NaN]"),
    ("losses", '{"a": 1}'),
    ("optimizer", None),
]


def refused(files: Files) -> str:
    trainer = train(Trainer(project()), 3)
    before = snapshot(trainer)
    expected = losses(train(Trainer(project()), 3), 5)
    trainer = train(Trainer(project()), 3)
    with pytest.raises(CheckpointError) as found:
        restore(trainer, from_files(files))
    after = snapshot(trainer)
    assert after.numbers == before.numbers
    assert all(
        torch.equal(after.tensors[n], t) for n, t in before.tensors.items() if "hist" not in n
    )
    assert all(torch.equal(after.weights[n], t) for n, t in before.weights.items())
    assert losses(trainer, 5) == expected
    return str(found.value)


@pytest.mark.parametrize(
    ("name", "tensor"), HOSTILE_WEIGHTS, ids=lambda v: v if isinstance(v, str) else ""
)
def test_that_hostile_weights_are_refused(name: str, tensor: torch.Tensor | None) -> None:
    assert "weights" in refused(with_tensor(saved(), WEIGHTS, name, tensor))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "tensor"), HOSTILE_TENSORS, ids=lambda v: v if isinstance(v, str) else ""
)
def test_that_hostile_tensors_are_refused(name: str, tensor: torch.Tensor | None) -> None:
    assert "damaged" in refused(with_tensor(saved(), TENSORS, name, tensor))


@pytest.mark.slow
@pytest.mark.parametrize(("name", "text"), HOSTILE_NUMBERS)
def test_that_hostile_numbers_are_refused(name: str, text: str | None) -> None:
    assert "damaged" in refused(with_number(saved(), name, text))


@pytest.mark.slow
@pytest.mark.parametrize("name", [WEIGHTS, TENSORS, NUMBERS])
def test_that_random_bytes_are_refused(name: str) -> None:
    noise = random.Random(4)
    for size in (0, 1, 7, 8, 100, 5000):
        assert "damaged" in refused({**saved(), name: noise.randbytes(size)})
    files = saved()
    assert "damaged" in refused({**files, name: files[name][: len(files[name]) // 2]})
    assert "damaged" in refused({k: v for k, v in files.items() if k != name})


@pytest.mark.parametrize("text", ["[]", "null", "3", "[" * 100_000, '{"step": NaN}', "{}"])
def test_that_json_without_a_state_is_refused(text: str) -> None:
    assert "damaged" in refused({**saved(), NUMBERS: text.encode()})


def test_that_the_state_of_another_graph_is_refused_by_name() -> None:
    trainer = Trainer(project(width=9))
    with pytest.raises(CheckpointError, match=r"do not fit the graph: n1\.weight"):
        restore(trainer, from_files(saved()))


def test_that_a_state_of_another_optimizer_begins_with_fresh_momenta() -> None:
    trainer = Trainer(project(SGD(momentum=0.9)))
    restore(trainer, from_files(saved()))
    assert trainer.step == 17
    assert trainer.optimizer is not None
    assert not any(trainer.optimizer.state.values())
    train(trainer, 10)


def test_that_a_missing_moment_is_made_up_for() -> None:
    files = with_tensor(saved(), TENSORS, "optimizer.n1.weight.exp_avg_sq", None)
    trainer = Trainer(project())
    restore(trainer, from_files(files))
    train(trainer, 10)
    assert not trainer.is_non_finite


def test_that_counters_beyond_the_data_end_the_epoch() -> None:
    files = with_number(saved(), "seen", "4000000000")
    trainer = Trainer(project())
    restore(trainer, from_files(files))
    train(trainer, 10)
    assert trainer.epochs_done >= 3


def test_that_unknown_tensors_are_ignored() -> None:
    files = with_tensor(saved(), TENSORS, "memory.nonsense", torch.zeros(3))
    files = with_tensor(files, TENSORS, "optimizer.n9.weight.exp_avg", torch.zeros(3))
    files = with_tensor(files, TENSORS, "optimizer.n1.weight.nonsense", torch.zeros(3))
    files = with_tensor(files, WEIGHTS, "n9.weight", torch.zeros(3))
    trainer = Trainer(project())
    restore(trainer, from_files(files))
    train(trainer, 3)


def test_that_nan_losses_can_be_saved() -> None:
    trainer: Any = train(Trainer(project()), 3)
    trainer.last_val_loss = float("inf")
    trainer.last_metrics = {"accuracy": 0.5, "r2": float("-inf")}
    state = from_files(to_files(snapshot(trainer)))
    assert state.numbers["last"][1] is None
    assert state.numbers["metrics"] == {"accuracy": 0.5}


def test_that_files_hold_no_pickle() -> None:
    files = saved()
    assert set(files) == {WEIGHTS, TENSORS, NUMBERS}
    state = from_files(files)
    assert isinstance(state, Snapshot)
    assert state.step == 17
    for name in (WEIGHTS, TENSORS):
        header = int.from_bytes(files[name][:8], "little")
        assert json.loads(files[name][8 : 8 + header])
