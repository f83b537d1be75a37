"""How exact numbers are: float64, bf16, and fp16 with a scaled loss."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from playground.catalog.optimizers import SGD
from playground.engine.checkpoint import from_files, restore, snapshot, to_files
from playground.engine.device import Choice, DeviceError
from playground.engine.trainer import Trainer
from tests.engine.nets import gradients, losses, mlp, same, train, weights, written_in_torch


def test_that_float64_trains_in_float64() -> None:
    project = mlp(precision="float64", optimizer=SGD(lr=0.1))
    trainer = Trainer(project)
    assert {p.dtype for p in trainer.parameters} == {torch.float64}
    x, y = project.data.load().x_train, torch.from_numpy(project.data.load().y_train)
    expected = written_in_torch(
        lambda: nn.Sequential(
            nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 1)
        ).double(),
        lambda p: torch.optim.SGD(p, lr=0.1),
        nn.BCEWithLogitsLoss(),
        x.astype(np.float64),
        y.double()[:, None],
        steps=50,
    )
    wide, narrow = losses(trainer, 50), losses(Trainer(mlp(optimizer=SGD(lr=0.1))), 50)
    assert wide == pytest.approx(expected, abs=1e-12)
    assert wide == pytest.approx(narrow, abs=1e-4)
    assert wide != narrow
    files = to_files(snapshot(trainer))
    other = Trainer(project)
    restore(other, from_files(files))
    assert losses(other, 10) == losses(trainer, 10)


def test_that_bf16_comes_close_to_float32() -> None:
    project = mlp(precision="bf16", optimizer=SGD(lr=0.1))
    trainer = Trainer(project)
    half, whole = losses(trainer, 50), losses(Trainer(mlp(optimizer=SGD(lr=0.1))), 50)
    assert half == pytest.approx(whole, abs=0.02)
    assert half != whole
    assert {p.dtype for p in trainer.parameters} == {torch.float32}


def test_that_fp16_on_a_cpu_is_refused_in_words() -> None:
    with pytest.raises(DeviceError, match="bf16 or float32"):
        Trainer(mlp(precision="fp16", device="cpu"))


def halved(**training: Any) -> Trainer:
    """fp16 all the same: the CPU can do it, if slowly, so that the scaling of the loss is tried."""
    choice = Choice(torch.device("cpu"), "", 1)
    return Trainer(mlp(precision="fp16", optimizer=SGD(lr=0.1), **training), choice=choice)


def test_that_fp16_with_a_scaled_loss_comes_close_to_float32() -> None:
    trainer = halved()
    half, whole = losses(trainer, 50), losses(Trainer(mlp(optimizer=SGD(lr=0.1))), 50)
    assert half == pytest.approx(whole, abs=0.005)
    assert half != whole
    assert {p.dtype for p in trainer.parameters} == {torch.float32}
    assert trainer.stepper.scaler_state["scale"] == 2.0**16


def test_that_a_step_whose_scaled_gradient_overflows_is_left_out_and_halves_the_scale() -> None:
    trainer = halved()
    train(trainer, 1)
    trainer.stepper.resume_from(0, trainer.stepper.scaler_state | {"scale": 2.0**40})
    before = weights(trainer)
    scales = []
    while same(weights(trainer), before):
        train(trainer, 1)
        scales.append(trainer.stepper.scaler_state["scale"])
    assert scales[:-1] == [2.0 ** (39 - k) for k in range(len(scales) - 1)]
    assert scales[-1] == scales[-2] > 2.0**16
    other = halved()
    restore(other, from_files(to_files(snapshot(trainer))))
    assert other.stepper.scaler_state["scale"] == scales[-1]
    assert losses(other, 10) == losses(trainer, 10)


def test_that_fp16_clips_and_shows_gradients_without_the_scale() -> None:
    trainer = halved(clip_norm=0.01, l2=0.01)
    trainer.watch_next_step()
    train(trainer, 1)
    norm = torch.cat([grad.flatten() for grad in gradients(trainer)]).norm()
    assert float(norm) == pytest.approx(0.01, rel=1e-4)
    plain = Trainer(mlp(optimizer=SGD(lr=0.1)))
    plain.record_next = True
    train(plain, 1)
    assert trainer.recorded is not None
    assert plain.recorded is not None
    for node, out in plain.recorded.outputs.items():
        if out.grad is not None:
            shown = trainer.recorded.outputs[node].grad
            assert shown is not None
            assert float((shown - out.grad).norm() / out.grad.norm()) < 0.01, node
