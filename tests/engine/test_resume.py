"""A saved run resumes as if it had never stopped; a restarted one begins from scratch."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from playground.catalog.datasets.images import Digits
from playground.catalog.layers.activation import ReLU
from playground.catalog.layers.convolution import Conv2d
from playground.catalog.layers.dense import Linear
from playground.catalog.layers.normalization import BatchNorm
from playground.catalog.layers.regularization import Dropout
from playground.catalog.layers.reshape import Flatten
from playground.catalog.losses import CrossEntropy
from playground.catalog.optimizers import (
    SGD,
    SGDW,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    NAdam,
    Optimizer,
    RAdam,
    RMSProp,
)
from playground.catalog.registry import declared
from playground.engine.checkpoint import from_files, restore, snapshot, to_files
from playground.engine.trainer import Trainer
from playground.project.file import Saved, read, write
from playground.project.project import Project
from tests.engine.nets import chain, losses, same, train, weights

OPTIMIZERS = [
    SGD(),
    SGD(momentum=0.9, nesterov=True),
    RMSProp(lr=0.001),
    RMSProp(lr=0.001, momentum=0.9),
    Adam(),
    AdamW(),
    SGDW(momentum=0.9),
    Adagrad(),
    Adadelta(),
    Adamax(),
    NAdam(),
    RAdam(),
]
MID_EPOCH, EPOCH_END = 17, 21


def noisy(optimizer: Optimizer) -> Project:
    """A net whose steps draw numbers and keep running statistics; 7 batches per epoch."""
    return chain(
        Linear(out_features=16), BatchNorm(), ReLU(), Dropout(p=0.3), Linear(out_features=1),
        optimizer=optimizer, l2=0.001,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("steps", [0, MID_EPOCH, EPOCH_END])
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda o: o.kind)
def test_that_a_saved_run_resumes_bit_for_bit(optimizer: Optimizer, steps: int) -> None:
    project = noisy(optimizer)
    trainer = train(Trainer(project), steps)
    files = to_files(snapshot(trainer))
    expected = losses(trainer, 200)
    after = weights(trainer)

    other = Trainer(project)
    train(other, 3)  # whatever happened before makes no difference
    restore(other, from_files(files))
    assert other.step == steps
    assert losses(other, 200) == expected
    assert same(weights(other), after)
    assert (other.epochs_done, other.seen) == (trainer.epochs_done, trainer.seen)


def test_that_every_optimizer_of_the_catalog_is_resumed() -> None:
    # The perceptron rule keeps nothing.
    resumed = {optimizer.kind for optimizer in OPTIMIZERS} | {"perceptron"}
    assert resumed == set(declared(Optimizer))


def test_that_the_epoch_end_is_one() -> None:
    assert train(Trainer(noisy(SGD())), EPOCH_END).epoch == 3
    assert train(Trainer(noisy(SGD())), MID_EPOCH).epoch == pytest.approx(2 + 48 / 105)


@pytest.mark.slow
def test_that_a_convolutional_run_resumes_bit_for_bit() -> None:
    project = chain(
        Conv2d(out_channels=4), BatchNorm(), ReLU(), Flatten(), Linear(out_features=10),
        data=Digits(), loss=CrossEntropy(), optimizer=Adam(), batch_size=64,
    )  # fmt: skip
    trainer = train(Trainer(project), 10)
    files = to_files(snapshot(trainer))
    expected = losses(trainer, 30)
    other = Trainer(project)
    restore(other, from_files(files))
    assert losses(other, 30) == expected


def test_that_history_and_counters_are_restored() -> None:
    project = noisy(Adam())
    trainer = train(Trainer(project), 60)
    trainer.note()
    files = to_files(snapshot(trainer))
    other = Trainer(project)
    restore(other, from_files(files))
    for name, column in trainer.history.arrays().items():
        assert other.history.arrays()[name].tolist() == column.tolist(), name
    assert len(other.history) >= 8
    assert other.last_val_loss == trainer.last_val_loss
    assert other.last_train_loss == trainer.last_train_loss
    assert other.last_metrics == trainer.last_metrics
    assert (other.step, other.epochs_done, other.seen) == (60, 8, 64)


CONTINUE = """
import json, sys
import torch
from playground.engine.checkpoint import from_files, restore
from playground.engine.trainer import Trainer
from playground.project.file import read
saved = read(sys.argv[1])
trainer = Trainer(saved.project)
restore(trainer, from_files(saved.state))
steps, losses = trainer.run(), []
for _ in range(200):
    next(steps)
    trainer.read_losses()
    losses.append(trainer.last_train_loss)
print(json.dumps([trainer.step, losses]))
"""


@pytest.mark.slow
def test_that_a_file_resumes_bit_for_bit_in_another_process(tmp_path: Path) -> None:
    project = noisy(Adam())
    trainer = train(Trainer(project), MID_EPOCH)
    path = tmp_path / "run.nplay"
    write(path, Saved(project, {}, to_files(snapshot(trainer))))
    assert set(read(path).state or {}) == set(to_files(snapshot(trainer)))
    expected = losses(trainer, 200)
    done = subprocess.run(
        [sys.executable, "-c", CONTINUE, str(path)], capture_output=True, text=True, check=True
    )
    step, found = json.loads(done.stdout)
    assert step == MID_EPOCH + 200
    assert found == expected


def test_that_restarting_gives_the_same_initial_weights_and_the_same_run() -> None:
    trainer = Trainer(noisy(Adam()))
    initial = weights(trainer)
    first = losses(trainer, 40)
    trainer.restart()
    assert same(weights(trainer), initial)
    assert (trainer.step, trainer.epoch, len(trainer.history)) == (0, 0, 0)
    assert losses(trainer, 40) == first


def test_that_another_seed_gives_other_weights_and_another_order() -> None:
    project = noisy(SGD())
    first = Trainer(project)
    second = Trainer(project.with_training(seed=8))
    assert not torch.equal(weights(first)["n1.weight"], weights(second)["n1.weight"])
    assert not torch.equal(
        torch.randperm(50, generator=first.batches.generator),
        torch.randperm(50, generator=second.batches.generator),
    )


def test_that_taking_a_snapshot_does_not_disturb_training() -> None:
    project = noisy(Adam())
    expected = losses(Trainer(project), 40)
    trainer = Trainer(project)
    found = []
    for _ in range(40):
        found += losses(trainer, 1)
        to_files(snapshot(trainer))
        trainer.note()
    assert found == expected


def test_that_a_snapshot_is_a_copy() -> None:
    trainer = train(Trainer(noisy(Adam())), 5)
    state = snapshot(trainer)
    kept = {name: tensor.clone() for name, tensor in state.tensors.items()}
    before = dict(state.weights)
    before = {name: tensor.clone() for name, tensor in before.items()}
    train(trainer, 20)
    assert same(dict(state.tensors), kept)
    assert same(dict(state.weights), before)
